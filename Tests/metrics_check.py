#!/usr/bin/env python3
"""Reads metrics with the parsers of `prometheus_client`, as a scraper would, and looks for what dashboards draw.

  metrics_check.py URL USER PASSWORD

Prints what is wrong and exits with 1.
"""
import base64
import sys
import urllib.request

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as prometheus

# Families that must be there, with a label that tells their samples apart.
WANTED = {
    'tomcat_global_request_processor_request_count': 'name',
    'tomcat_thread_pool_current_threads_busy': 'name',
    'tomcat_thread_pool_connection_count': 'name',
    'tomcat_manager_active_sessions': 'context',
    'tomcat_manager_session_counter': 'context',
    'tomcat_web_module_request_count': 'context',
    'tomcat_servlet_error_count': 'name',
    'java_lang_memory_heap_memory_usage_used': None,
    'java_lang_operating_system_process_cpu_time': None,
    'java_lang_threading_thread_count': None,
}


def scrape(url, user, password, accept):
    credentials = base64.b64encode(f'{user}:{password}'.encode()).decode()
    request = urllib.request.Request(url, headers={'Authorization': 'Basic ' + credentials, 'Accept': accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers['Content-Type'], answer.read().decode()


def problems(families):
    found = {family.name: family for family in families}
    if len(found) != len(families):
        yield 'a family stands there twice'
    for name, label in WANTED.items():
        family = found.get(name)
        if family is None or not family.samples:
            yield f'no samples of {name}'
        elif label and any(not sample.labels.get(label) for sample in family.samples):
            yield f'{name} without the label {label}'
        elif len({tuple(sorted(sample.labels.items())) for sample in family.samples}) != len(family.samples):
            yield f'{name} has two samples with the same labels'
        elif name.endswith('_count') and family.type not in ('counter', 'gauge'):
            yield f'{name} is a {family.type}'


def main():
    found = []
    plain, text = scrape(*sys.argv[1:], accept='text/plain')
    if not plain.startswith('text/plain;'):
        found.append(f'text/plain answered as {plain}')
    families = list(prometheus.text_string_to_metric_families(text))
    found += problems(families)
    modern, text = scrape(*sys.argv[1:], accept='application/openmetrics-text; version=1.0.0')
    if not modern.startswith('application/openmetrics-text;'):
        found.append(f'OpenMetrics answered as {modern}')
    found += problems(list(openmetrics.text_string_to_metric_families(text)))
    print('\n'.join(found) or f'{len(families)} families')
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
