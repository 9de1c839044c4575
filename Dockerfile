# The sidecar's image. Targets:
#   temper       (default) CPU, libtorch included, with the small models of models/
#   temper-cuda  NVIDIA GPUs; needs a base image with libtorch 2.7.1 for CUDA 12.8, see docs/deployment.md
# DIST names another image, or stage, whose /src/streams-app/target/dist was built elsewhere (mvn -Pdist package).
ARG DIST=build
ARG MAVEN_IMAGE=maven:3.9-eclipse-temurin-17
ARG JRE_IMAGE=eclipse-temurin:17-jre
ARG CUDA_IMAGE=pytorch/pytorch:2.7.1-cuda12.8-cudnn9-runtime

FROM ${MAVEN_IMAGE} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -Pdist -pl streams-app -am package -Dmaven.test.skip -Dspotless.check.skip

FROM ${DIST} AS dist

FROM ${JRE_IMAGE} AS jre

# What changes least comes first in both targets, so that a new version of Temper is one small layer.

# libtorch comes from the base image, beside CUDA; Java from the other one.
FROM ${CUDA_IMAGE} AS temper-cuda
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:$PATH \
    TEMPER_HOME=/opt/temper DJL_CACHE_DIR=/var/lib/temper/cache \
    PYTORCH_LIBRARY_PATH=/opt/conda/lib/python3.11/site-packages/torch/lib PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=cu128
WORKDIR /var/lib/temper
COPY --from=jre /opt/java/openjdk /opt/java/openjdk
COPY --from=dist /src/streams-app/target/dist/lib /opt/temper/lib
COPY models /opt/temper/models
COPY deploy/docker/temper /opt/temper/bin/temper
COPY --from=dist /src/streams-app/target/dist/app /opt/temper/app
RUN chmod 0755 /opt/temper/bin/temper && ln -s /opt/temper/bin/temper /usr/local/bin/temper \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/temper --shell /usr/sbin/nologin temper \
    && mkdir -p /etc/temper /var/lib/temper/state && chown -R temper:temper /var/lib/temper
USER 10001
VOLUME /var/lib/temper
EXPOSE 8686
ENTRYPOINT ["temper"]
CMD ["run", "--config", "/etc/temper/temper.yaml"]

FROM jre AS temper
ENV TEMPER_HOME=/opt/temper DJL_CACHE_DIR=/opt/temper/cache
WORKDIR /var/lib/temper
COPY --from=dist /src/streams-app/target/dist/lib /opt/temper/lib
COPY --from=dist /src/streams-app/target/dist/native /opt/temper/native
COPY models /opt/temper/models
COPY deploy/docker/temper /opt/temper/bin/temper
COPY --from=dist /src/streams-app/target/dist/app /opt/temper/app
# One use unpacks the small native bridges, so that nothing is written there later; it also shows that the image works.
RUN chmod 0755 /opt/temper/bin/temper && ln -s /opt/temper/bin/temper /usr/local/bin/temper \
    && temper score --model /opt/temper/models/toxicity-scorer "What a lovely day." && chmod -R a+rX /opt/temper/cache \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/temper --shell /usr/sbin/nologin temper \
    && mkdir -p /etc/temper /var/lib/temper/state && chown -R temper:temper /var/lib/temper
USER 10001
VOLUME /var/lib/temper
EXPOSE 8686
ENTRYPOINT ["temper"]
CMD ["run", "--config", "/etc/temper/temper.yaml"]
