# One image for web, worker and beat. It has what runs, in the versions of requirements.txt, and nothing that only develops or tests.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    CEPORTAL_MODE=production \
    CEPORTAL_VAR=/data

RUN useradd --system --uid 10001 --home-dir /app ceportal && mkdir /data && chown ceportal /data
WORKDIR /app

COPY requirements-runtime.txt .
RUN pip install --no-cache-dir -r requirements-runtime.txt

COPY . .
# Static files are part of the image; the build needs no secret of the site, only one of its own.
RUN SECRET_KEY=only-for-collecting-static-files CEPORTAL_VAR=/app/var python manage.py collectstatic --noinput --verbosity 0
ENV STATIC_ROOT=/app/var/static

USER ceportal
VOLUME /data
EXPOSE 8000
# /healthz says that the process lives, /readyz whether it can serve: the one for restarting, the other for routing.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': 'localhost'}), timeout=4)"]
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--http", "1", \
     "--workers", "2", "--blocking-threads", "4", "--backpressure", "64", "ceportal.wsgi:application"]
