/** The built-in conf as it was before decision 0011: HTTP/1.0 to gunicorn, bodies above 16 KiB through a temp file. */

export const beforeConf = `worker_processes 1;
daemon off;
pid /tmp/nginx.pid;
error_log /dev/stderr;

events {
  worker_connections 4096;
}

http {
  access_log /dev/stdout;
  default_type application/octet-stream;
  server_tokens off;
  client_header_timeout 10s;

  upstream gunicorn {
    server unix:/tmp/gunicorn.sock fail_timeout=0;
  }

  server {
    listen {{port}};
    client_max_body_size 25m;

    location / {
      proxy_pass http://gunicorn;
      proxy_redirect off;
      proxy_read_timeout 1200s;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;
