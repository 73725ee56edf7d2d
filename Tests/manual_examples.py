#!/usr/bin/env python3
"""Writes what the manual's page for authors shows into a package made by `catalina.sh new-webapp`, as a reader would.

usage: manual_examples.py PAGE PACKAGE

Each example becomes a file; the module and web.xml are those of the page, with an entry for each further servlet.
"""

import html
import pathlib
import re
import sys


def main():
    page = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    package = pathlib.Path(sys.argv[2])
    sources = package / "Sources" / "Shop"
    blocks = [html.unescape(text) for text in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)]
    servlets = []
    module = descriptor = None
    for block in blocks:
        declared = re.search(r"^struct (\w+): (\w+)", block, re.MULTILINE)
        if "servlet_module_entry" in block:
            module = block
        elif block.startswith("<web-app"):
            # The filter stands before every servlet, that of asynchronous requests too.
            descriptor = block.replace("</filter-class>", "</filter-class>\n    <async-supported>true</async-supported>")
        elif declared:
            if declared[2] == "HttpServlet" and declared[1] != "HelloServlet":
                servlets.append(declared[1])
            start = "" if "import ServletAPI" in block else "import ServletAPI\n\n"
            (sources / f"{declared[1]}.swift").write_text(start + block + "\n", encoding="utf-8")
    first = '"Shop.HelloServlet": { HelloServlet() }'
    module = module.replace(first, ", ".join([first] + [f'"Shop.{name}": {{ {name}() }}' for name in servlets]))
    entries = ""
    for name in servlets:
        path = name.removesuffix("Servlet").lower()
        details = ""
        if name == "UploadServlet":
            details = "<multipart-config><max-file-size>1000</max-file-size></multipart-config>"
        if name == "LaterServlet":
            details = "<async-supported>true</async-supported>"
        entries += f"""  <servlet>
    <servlet-name>{path}</servlet-name>
    <servlet-class>Shop.{name}</servlet-class>{details}
  </servlet>
  <servlet-mapping>
    <servlet-name>{path}</servlet-name>
    <url-pattern>/{path}/*</url-pattern>
  </servlet-mapping>
"""
    (sources / "Module.swift").write_text(module + "\n", encoding="utf-8")
    (package / "webapp/WEB-INF/web.xml").write_text(descriptor.replace("</web-app>", entries + "</web-app>"), encoding="utf-8")
    (package / "webapp/WEB-INF/page.html").write_text("A page from WEB-INF\n", encoding="utf-8")


if __name__ == "__main__":
    main()
