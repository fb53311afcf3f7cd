/** The command lines with which the serve script of the bring-your-own-container images starts nginx and gunicorn. */
export const seedArgv = {
  nginx: ["nginx", "-c", "/opt/program/nginx.conf"],
  gunicorn: (timeout: string, workers: string) => [
    "gunicorn",
    ...["--timeout", timeout],
    ...["-k", "gevent"],
    ...["-b", "unix:/tmp/gunicorn.sock"],
    ...["-w", workers],
    "wsgi:app",
  ],
};
