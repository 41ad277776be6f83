# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of a Puppet Server that is a CA. Debian's own can be read by root and Puppet's user only.

The rules on who may do what are those that are shipped, as far as they are about the CA.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CERTNAME = "puppet-ca.test"
#: Requests for these names are signed at once.
AUTOSIGNED = "*.autosign.test"

_PUPPET_CONF = """
[main]
certname = {certname}
server = localhost
serverport = {port}
ssldir = {folder}/ssl
vardir = {folder}/var
keylength = 2048
[server]
cadir = {folder}/ca
vardir = {folder}/var
autosign = {folder}/conf/autosign.conf
"""
_LOGBACK = """
<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %-5p %c %m%n</pattern></encoder>
  </appender>
  <root level="warn"><appender-ref ref="OUT"/></root>
</configuration>
"""
_EVERYONE = {"allow-unauthenticated": True}
_ADMINISTRATORS = {"allow": {"extensions": {"pp_cli_auth": "true"}}}
_NODES = {"allow": "*"}
_CA = "/puppet-ca/v1/"
_RULES: tuple[tuple[str, list[str], dict[str, Any]], ...] = (
    (f"{_CA}certificate/", ["get"], _EVERYONE),
    (f"{_CA}certificate_revocation_list/ca", ["get"], _EVERYONE),
    (f"{_CA}certificate_request", ["get", "put"], _EVERYONE),
    (f"{_CA}certificate_status", ["get", "put", "delete"], _ADMINISTRATORS),
    (f"{_CA}certificate_revocation_list", ["put"], _ADMINISTRATORS),
    (f"{_CA}certificate_statuses", ["get"], _ADMINISTRATORS),
    (f"{_CA}expirations", ["get"], _NODES),
    (f"{_CA}clean", ["put"], _ADMINISTRATORS),
    ("/status/v1/simple", ["get"], _EVERYONE),
)
_SERVICES = (
    "puppetlabs.services.request-handler.request-handler-service/request-handler-service",
    "puppetlabs.services.jruby.jruby-puppet-service/jruby-puppet-pooled-service",
    "puppetlabs.services.jruby-pool-manager.jruby-pool-manager-service/jruby-pool-manager-service",
    "puppetlabs.services.puppet-profiler.puppet-profiler-service/puppet-profiler-service",
    "puppetlabs.trapperkeeper.services.webserver.jetty9-service/jetty9-service",
    "puppetlabs.trapperkeeper.services.webrouting.webrouting-service/webrouting-service",
    "puppetlabs.services.config.puppet-server-config-service/puppet-server-config-service",
    "puppetlabs.services.master.master-service/master-service",
    "puppetlabs.services.puppet-admin.puppet-admin-service/puppet-admin-service",
    "puppetlabs.trapperkeeper.services.authorization.authorization-service/authorization-service",
    "puppetlabs.services.versioned-code-service.versioned-code-service/versioned-code-service",
    "puppetlabs.trapperkeeper.services.scheduler.scheduler-service/scheduler-service",
    "puppetlabs.trapperkeeper.services.status.status-service/status-service",
    "puppetlabs.trapperkeeper.services.metrics.metrics-service/metrics-service",
    "puppetlabs.trapperkeeper.services.metrics.metrics-service/metrics-webservice",
    "puppetlabs.services.jruby.jruby-metrics-service/jruby-metrics-service",
    "puppetlabs.services.analytics.analytics-service/analytics-service",
    "puppetlabs.services.ca.certificate-authority-service/certificate-authority-service",
    "puppetlabs.trapperkeeper.services.watcher.filesystem-watch-service/filesystem-watch-service",
)
#: Enough to say that there is no CA, and started in a moment.
_SERVICES_WITHOUT_CA = (
    "puppetlabs.trapperkeeper.services.webserver.jetty9-service/jetty9-service",
    "puppetlabs.trapperkeeper.services.webrouting.webrouting-service/webrouting-service",
    "puppetlabs.trapperkeeper.services.scheduler.scheduler-service/scheduler-service",
    "puppetlabs.trapperkeeper.services.status.status-service/status-service",
    "puppetlabs.trapperkeeper.services.authorization.authorization-service/authorization-service",
    "puppetlabs.services.ca.certificate-authority-disabled-service/certificate-authority-disabled-service",
)
_ROUTES = {
    "puppetlabs.services.ca.certificate-authority-service/certificate-authority-service": "/puppet-ca",
    "puppetlabs.services.master.master-service/master-service": "/puppet",
    "puppetlabs.services.puppet-admin.puppet-admin-service/puppet-admin-service": "/puppet-admin-api",
    "puppetlabs.trapperkeeper.services.status.status-service/status-service": "/status",
    "puppetlabs.trapperkeeper.services.metrics.metrics-service/metrics-webservice": "/metrics",
}


def write(folder: Path, port: int) -> None:
    """Puppet's settings are in conf/, the server's in conf/conf.d/, as JSON, which HOCON is a superset of."""
    for name in ("conf/conf.d", "conf/services.d", "ca", "ssl", "var", "log", "run", "code"):
        (folder / name).mkdir(parents=True)
    texts = {
        "conf/puppet.conf": _PUPPET_CONF.format(certname=CERTNAME, folder=folder, port=port),
        "conf/logback.xml": _LOGBACK,
        "conf/autosign.conf": f"{AUTOSIGNED}\n",
        "conf/services.d/bootstrap.cfg": "\n".join(_SERVICES) + "\n",
        # The server counts its restarts in it, and doesn't start without.
        "run/restart": "0",
    }
    for name, settings in _settings(folder, port).items():
        texts[f"conf/conf.d/{name}.conf"] = json.dumps(settings, indent=1)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def switch_ca_off(folder: Path, port: int, certname: str) -> None:
    """As in services.d/ca.cfg of a compiler. Without the services that know Puppet's files, these are said."""
    (folder / "conf" / "services.d" / "bootstrap.cfg").write_text("\n".join(_SERVICES_WITHOUT_CA), encoding="utf-8")
    settings = _settings(folder, port)["webserver"]
    settings["webserver"] |= {
        "ssl-cert": f"{folder}/ssl/certs/{certname}.pem",
        "ssl-key": f"{folder}/ssl/private_keys/{certname}.pem",
        "ssl-ca-cert": f"{folder}/ssl/certs/ca.pem",
    }
    (folder / "conf" / "conf.d" / "webserver.conf").write_text(json.dumps(settings), encoding="utf-8")


def _settings(folder: Path, port: int) -> dict[str, dict[str, Any]]:
    jruby = {
        "ruby-load-path": ["/usr/lib/puppetserver/ruby/vendor_ruby"],
        "gem-home": f"{folder}/var/gems",
        "gem-path": [f"{folder}/var/gems", "/usr/lib/puppetserver/vendored-jruby-gems"],
        "server-conf-dir": f"{folder}/conf",
        "server-code-dir": f"{folder}/code",
        "server-var-dir": f"{folder}/var",
        "server-run-dir": f"{folder}/run",
        "server-log-dir": f"{folder}/log",
        "max-active-instances": 1,
    }
    return {
        "puppetserver": {"jruby-puppet": jruby},
        "webserver": {"webserver": {"client-auth": "want", "ssl-host": "127.0.0.1", "ssl-port": port}},
        "global": {"global": {"logging-config": f"{folder}/conf/logback.xml"}},
        # Authorization extensions stay forbidden, as shipped: this is how the tests see the CA's policy refuse.
        "ca": {"certificate-authority": {"allow-subject-alt-names": True}},
        "web-routes": {"web-router-service": _ROUTES},
        "metrics": {"metrics": {"server-id": "localhost"}},
        "auth": {"authorization": {"version": 1, "rules": _rules()}},
    }


def _rules() -> list[dict[str, Any]]:
    allowed = [
        {
            "match-request": {"path": path, "type": "path", "method": methods},
            **who,
            "sort-order": 500,
            "name": f"{path} {methods[0]}",
        }
        for path, methods, who in _RULES
    ]
    everything = {"match-request": {"path": "/", "type": "path"}, "deny": "*", "sort-order": 999, "name": "deny all"}
    return [*allowed, everything]
