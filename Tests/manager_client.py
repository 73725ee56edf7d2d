#!/usr/bin/env python3
"""Drives a manager application with the client `tomcatmanager` as an administrator would.

  manager_client.py URL USER PASSWORD

Lists, deploys (a local WAR, a WAR of the server, a second version), reads sessions and status, stops, starts,
reloads, undeploys. Prints what went wrong and exits with 1.
"""
import os
import sys
import tempfile
import zipfile

from tomcatmanager import TomcatManager

WEB_XML = '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"><display-name>W</display-name></web-app>'
failures = []


def check(text, response, wanted=True):
    if response.ok != wanted:
        failures.append(f'{text}: {response.status_code} {response.status_message}')
    return response


def archive(folder, name):
    path = os.path.join(folder, name)
    with zipfile.ZipFile(path, 'w') as war:
        war.writestr('index.html', f'<p>{name}</p>\n')
        war.writestr('WEB-INF/web.xml', WEB_XML)
    return path


def state_of(manager, path, version=None):
    for app in check('list', manager.list()).apps:
        if app.path == path and (app.version or None) == version:
            return app.state.value
    return None


def expect_state(manager, path, state, version=None):
    found = state_of(manager, path, version)
    if found != state:
        failures.append(f'{path}: state {found}, expected {state}')


def main():
    url, user, password = sys.argv[1:]
    manager = TomcatManager()
    check('connect', manager.connect(url, user, password))
    if not manager.is_connected:
        sys.exit('not connected: ' + '; '.join(failures))
    info = check('server_info', manager.server_info())
    if 'Apache Tomcat/10.1' not in info.server_info.tomcat_version:
        failures.append(f'version {info.server_info.tomcat_version}')
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        war = archive(folder, 'w1.war')
        check('deploy_localwar', manager.deploy_localwar('/w1', war))
        expect_state(manager, '/w1', 'running')
        check('deploy again', manager.deploy_localwar('/w1', war), wanted=False)
        check('deploy with update', manager.deploy_localwar('/w1', war, update=True))
        check('deploy a version', manager.deploy_localwar('/w1', war, version='2'))
        expect_state(manager, '/w1', 'running', '2')
        check('deploy_serverwar', manager.deploy_serverwar('/w2', 'file:' + archive(folder, 'w2.war')))
        expect_state(manager, '/w2', 'running')
    for command in ('stop', 'start', 'reload'):
        check(command, getattr(manager, command)('/w2'))
        expect_state(manager, '/w2', 'stopped' if command == 'stop' else 'running')
    sessions = check('sessions', manager.sessions('/w2'))
    if 'session' not in (sessions.result or '').lower():
        failures.append(f'sessions: {sessions.result}')
    check('expire', manager.expire('/w2', idle=30))
    if '<status' not in check('status_xml', manager.status_xml()).status_xml:
        failures.append('status_xml: no status')
    check('vm_info', manager.vm_info())
    check('thread_dump', manager.thread_dump())
    check('resources', manager.resources())
    check('undeploy a version', manager.undeploy('/w1', version='2'))
    for path in ('/w1', '/w2'):
        check('undeploy', manager.undeploy(path))
        expect_state(manager, path, None)
    check('undeploy what is not there', manager.undeploy('/nosuch'), wanted=False)
    check('stop what is not there', manager.stop('/nosuch'), wanted=False)
    print('\n'.join(failures) or 'all commands answered as they should')
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
