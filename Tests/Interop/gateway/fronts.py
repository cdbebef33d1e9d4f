"""Servers of the web that people put in front of a gateway: configured in a folder of their own, on free ports, by whoever runs them."""
import contextlib
import pathlib

from children import Child, configured

CERTIFICATES = pathlib.Path(__file__).resolve().parents[3] / "Tests/Support/Certificates"

# As the handbook of nginx has it for WebSocket, and with HTTP/2 as most are configured today.
NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        '' close;
    }}
    server {{
        listen 127.0.0.1:{plain};
        listen 127.0.0.1:{secure} ssl http2;
        ssl_certificate {certificates}/good.pem;
        ssl_certificate_key {certificates}/good.key.pem;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        location / {{ proxy_pass http://127.0.0.1:{calls}; }}
        location = /v1/helloworld/ws {{ proxy_pass http://127.0.0.1:{streams}; }}
        location = /v1/helloworld/client_stream {{ proxy_pass http://127.0.0.1:{streams}; }}
    }}
}}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
frontend front
    bind 127.0.0.1:{plain}
    bind 127.0.0.1:{secure} ssl crt {folder}/server.pem alpn h2,http/1.1
    acl is_stream path /v1/helloworld/ws /v1/helloworld/client_stream
    use_backend streams if is_stream
    default_backend calls
backend calls
    server calls 127.0.0.1:{calls}
backend streams
    server streams 127.0.0.1:{streams}
"""


@contextlib.contextmanager
def nginx(calls, streams):
    """An nginx in front of a server for calls and one for streams. Gives its ports, the plain one and that for TLS."""
    with _configured(NGINX, calls, streams) as (file, plain, secure):
        with Child("nginx", "-e", "stderr", "-p", str(file.parent), "-c", str(file)) as child:
            child.wait_for(plain)
            yield plain, secure


@contextlib.contextmanager
def haproxy(calls, streams):
    """The same with haproxy."""
    with _configured(HAPROXY, calls, streams) as (file, plain, secure):
        pem = [(CERTIFICATES / name).read_text() for name in ("good.pem", "good.key.pem")]
        (file.parent / "server.pem").write_text("".join(pem))
        with Child("haproxy", "-db", "-f", str(file)) as child:
            child.wait_for(plain)
            yield plain, secure


def _configured(text, calls, streams):
    return configured(text, certificates=CERTIFICATES, calls=calls, streams=streams)
