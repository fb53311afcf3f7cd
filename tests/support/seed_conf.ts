/** The parts of the bring-your-own-container images' nginx.conf that tests vary. */
export interface SeedConf {
  port: number;
  socket: string;
  pidFile: string;
  logDir: string;
  /** The address of the `listen` line; the port by default. */
  listen?: string;
  /** Directives before the two locations. */
  locations?: string;
  /** The `daemon` directive. */
  daemon?: string;
}

/** The nginx.conf of those images, with these parts. */
export function seedConf(
  { port, socket, pidFile, logDir, listen = `${port}`, locations = "", daemon = "daemon off;" }:
    SeedConf,
): string {
  return `worker_processes 1;
${daemon}
pid ${pidFile};
error_log ${logDir}/error.log;

events {
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log ${logDir}/access.log combined;

  upstream gunicorn {
    server unix:${socket};
  }

  server {
    listen ${listen};
    client_max_body_size 5m;
    keepalive_timeout 5;
    proxy_read_timeout 1200s;
    ${locations}
    location ~ ^/(ping|invocations) {
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Host $http_host;
      proxy_redirect off;
      proxy_pass http://gunicorn;
    }

    location / {
      return 404 "{}";
    }
  }
}
`;
}
