import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findCommand } from '../install/find-command.ts';
import { installedFolder, installOnce } from '../install/install-once.ts';
import { runTool } from '../install/run-tool.ts';
import { ServerMissing } from '../install/server-missing.ts';

const KAFKA_VERSION = '4.4.0';
const FOLDER = `kafka-${KAFKA_VERSION}`;
const COPY_DEPENDENCIES =
  'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const INSTALL_MS_MAX = 10 * 60_000;
const JAVA_MS_MAX = 20_000;

/** What a broker of Kafka 4 needs. */
const JAVA_VERSION_MIN = 17;

/** Java to run Kafka with, and its jars. */
export type KafkaProgram = { readonly java: string; readonly classPath: string };

/** Whether {@link kafkaProgram} can do its work: Java 17 or newer, and Maven or the jars. */
export async function hasKafkaTools(): Promise<boolean> {
  const hasJars = existsSync(installedFolder(FOLDER)) || findCommand('mvn') !== undefined;
  return hasJars && (await findJava()) !== undefined;
}

/** Kafka's program; its jars are fetched by Maven once. Throws {@link ServerMissing}. */
export async function kafkaProgram(signal?: AbortSignal): Promise<KafkaProgram> {
  const java = await findJava();
  if (java === undefined) {
    throw new ServerMissing(`Kafka needs java ${JAVA_VERSION_MIN} or newer on PATH`);
  }
  const folder = await installOnce({
    name: FOLDER,
    install: (target) => fetchJars(target, signal),
    signal,
  });
  return { java, classPath: join(folder, '*') };
}

/** Java on PATH, when it is new enough. */
async function findJava(): Promise<string | undefined> {
  const java = findCommand('java');
  if (java === undefined) return undefined;
  try {
    const output = await runTool({ command: java, args: ['-version'], timeoutMs: JAVA_MS_MAX });
    const version = /version "(\d+)/.exec(output)?.[1];
    return Number(version) >= JAVA_VERSION_MIN ? java : undefined;
  } catch {
    // macOS has a `java` that only says where to get one.
    return undefined;
  }
}

async function fetchJars(target: string, signal?: AbortSignal): Promise<void> {
  const maven = findCommand('mvn');
  if (maven === undefined) throw new ServerMissing('Kafka needs mvn (Maven) on PATH, once');
  const project = join(target, 'pom.xml');
  await writeFile(project, PROJECT);
  try {
    await runTool({
      command: maven,
      args: ['-B', '-q', '-f', project, COPY_DEPENDENCIES, `-DoutputDirectory=${target}`],
      timeoutMs: INSTALL_MS_MAX,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServerMissing('the jars of Kafka could not be fetched by Maven', error);
  }
  await rm(project);
}

const PROJECT = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>passport</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;
