/** A user's nginx.conf with an `upstream` block, as bring-your-own images have it, once for each pool of clients. */

/** @param keepAlive the directives of each upstream block that keep connections, or "" for nginx's default */
export function userConf(pools: number, keepAlive: string): string {
  const indices = Array.from({ length: pools }, (_, index) => index);
  const version = keepAlive && 'proxy_http_version 1.1; proxy_set_header Connection "";';
  return `worker_processes 1;
daemon off;
pid /tmp/nginx.pid;
error_log /dev/stderr;

events {
  worker_connections 1024;
}

http {
  access_log off;
  keepalive_timeout 300s;
  ${
    indices.map((index) => `
  upstream gunicorn${index} {
    server unix:/tmp/gunicorn.sock;
    ${keepAlive}
  }`).join("")
  }

  server {
    listen {{port}};
    ${
    indices.map((index) => `
    location /${index} {
      ${version}
      proxy_set_header Host $http_host;
      proxy_pass http://gunicorn${index};
    }`).join("")
  }
    location / {
      proxy_pass http://gunicorn0;
    }
  }
}
`;
}
