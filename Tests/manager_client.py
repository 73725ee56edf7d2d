#!/usr/bin/env python3
"""Drives a manager application with the client `tomcatmanager` as an administrator would.

  manager_client.py URL USER PASSWORD

Calls every method of the client: lists, deploys (a local WAR, a WAR and a context file of the server, a second
version), reads sessions and status, stops, starts, reloads, undeploys. Prints what went wrong and exits with 1.
"""
import os
import sys
import tempfile
import urllib.error
import urllib.request
import xml.etree.ElementTree
import zipfile

from tomcatmanager import TomcatManager

WEB_XML = '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"><display-name>W</display-name></web-app>'
failures = []


def check(text, response, wanted=True):
    if response.ok != wanted:
        failures.append(f'{text}: {response.status_code} {response.status_message}')
    return response


def expect(text, found, wanted):
    if found != wanted:
        failures.append(f'{text}: {found!r}, expected {wanted!r}')


def expect_in(text, found, part):
    if part not in (found or ''):
        failures.append(f'{text}: no {part!r} in {found!r}')


def archive(folder, name):
    path = os.path.join(folder, name)
    with zipfile.ZipFile(path, 'w') as war:
        war.writestr('index.html', f'<p>{name}</p>\n')
        war.writestr('WEB-INF/web.xml', WEB_XML)
    return path


def expect_state(manager, path, state, version=None):
    found = None
    for app in check('list', manager.list()).apps:
        if app.path == path and (app.version or None) == version:
            found = app.state.value
    expect(f'state of {path}', found, state)


def body(url):
    """The body of a page, without the manager's credentials; nothing if there is none."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError:
        return ''


def deployments(manager, server):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        war = archive(folder, 'w1.war')
        check('deploy_localwar', manager.deploy_localwar('/w1', war))
        expect_state(manager, '/w1', 'running')
        expect('the deployed page', body(server + '/w1/'), '<p>w1.war</p>\n')
        expect_in('deploy again', check('deploy again', manager.deploy_localwar('/w1', war), wanted=False)
                  .status_message, 'Application already exists at path [/w1]')
        check('deploy with update', manager.deploy_localwar('/w1', archive(folder, 'new.war'), update=True))
        expect('the updated page', body(server + '/w1/'), '<p>new.war</p>\n')
        check('deploy a version', manager.deploy_localwar('/w1', war, version='2'))
        expect_state(manager, '/w1', 'running', '2')
        check('deploy_serverwar', manager.deploy_serverwar('/w2', 'file:' + archive(folder, 'w2.war')))
        expect_state(manager, '/w2', 'running')
        context = os.path.join(folder, 'c.xml')
        with open(context, 'w') as file:
            file.write(f'<Context docBase="{archive(folder, "elsewhere.war")}"/>\n')
        check('deploy_servercontext', manager.deploy_servercontext('/w3', context))
        expect('the page of a context file', body(server + '/w3/'), '<p>elsewhere.war</p>\n')
        check('undeploy a context file', manager.undeploy('/w3'))
        missing = check('deploy what is not there', manager.deploy_serverwar('/w4', 'file:/no.war'), wanted=False)
        expect_in('deploy what is not there', missing.status_message, 'Unable to copy [/no.war]')


def lives(manager, server):
    for command in ('stop', 'stop', 'start', 'start', 'reload'):
        check(command, getattr(manager, command)('/w2'))
        expect_state(manager, '/w2', 'stopped' if command == 'stop' else 'running')
        expect(f'the page after {command}', body(server + '/w2/'), '' if command == 'stop' else '<p>w2.war</p>\n')
    check('stop a version', manager.stop('/w1', version='2'))
    expect_state(manager, '/w1', 'stopped', '2')
    expect_state(manager, '/w1', 'running')


def sessions(manager, server):
    body(server + '/examples/servlets/counter')
    found = check('sessions', manager.sessions('/examples')).sessions
    expect_in('sessions', found, 'Inactive for [<1] minutes: [1] sessions')
    kept = check('expire', manager.expire('/examples', idle=30)).sessions
    expect_in('expire after 30 minutes', kept, 'Inactive for [>30] minutes: [0] sessions were expired')
    ended = check('expire', manager.expire('/examples', idle='0')).sessions
    expect_in('expire at once', ended, 'Inactive for [>0] minutes: [1] sessions were expired')
    check('sessions of nothing', manager.sessions('/nosuch'), wanted=False)


def facts(manager):
    info = check('server_info', manager.server_info()).server_info
    expect_in('version', info.tomcat_version, 'Apache Tomcat/10.1')
    expect_in('system', info.os_name, 'Linux')
    status = check('status_xml', manager.status_xml()).status_xml
    connectors = xml.etree.ElementTree.fromstring(status).findall('connector')
    expect('connectors of the status', len(connectors), 1)
    expect_in('requests of the status', connectors[0].find('workers/worker').get('currentUri'), '/manager/status')
    expect_in('vm_info', check('vm_info', manager.vm_info()).vm_info, 'Thread counts:')
    expect_in('thread_dump', check('thread_dump', manager.thread_dump()).thread_dump, 'java.lang.Thread.State')
    resources = check('resources', manager.resources()).resources
    expect('resources', resources, {'UserDatabase': 'org.apache.catalina.users.MemoryUserDatabase'})
    none = check('resources of a type', manager.resources('no.Type')).resources
    expect('resources of a type', none, {})
    expect('find_leakers', check('find_leakers', manager.find_leakers()).leakers, [])
    for name in ('ssl_connector_ciphers', 'ssl_connector_certs', 'ssl_connector_trusted_certs'):
        expect_in(name, check(name, getattr(manager, name)()).result, 'SSL is not enabled for this connector')
    check('ssl_reload without TLS', manager.ssl_reload(), wanted=False)


def main():
    url, user, password = sys.argv[1:]
    server = url.removesuffix('/manager')
    manager = TomcatManager()
    check('connect', manager.connect(url, user, password))
    if not manager.is_connected:
        sys.exit('not connected: ' + '; '.join(failures))
    facts(manager)
    deployments(manager, server)
    lives(manager, server)
    sessions(manager, server)
    check('undeploy a version', manager.undeploy('/w1', version='2'))
    for path in ('/w1', '/w2'):
        check('undeploy', manager.undeploy(path))
        expect_state(manager, path, None)
    check('undeploy what is not there', manager.undeploy('/nosuch'), wanted=False)
    check('stop what is not there', manager.stop('/nosuch'), wanted=False)
    expect_in('undeploy itself', check('undeploy itself', manager.undeploy('/manager'), wanted=False).status_message,
              'The manager cannot reload, stop, or undeploy itself')
    check('a wrong password', TomcatManager().connect(url, user, password + 'x'), wanted=False)
    print('\n'.join(failures) or 'all commands answered as they should')
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
