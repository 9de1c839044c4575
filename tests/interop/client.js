// A chat backend in JavaScript, as JavaScriptClientTest runs it: node client.js '<settings as JSON>'
//
// Sends conversations in the newest schema of the registry and plain prompts in a small schema of its own, then prints each
// result and each flagged output that comes back as one line of JSON: {topic, key, headers, event}. It ends when every prompt
// has its result, and every flagged result its flagged output.
'use strict';

const { Kafka, logLevel } = require('kafkajs');
const {
  AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType, SubjectNameStrategyType,
} = require('@confluentinc/schemaregistry');

const settings = JSON.parse(process.argv[2]);
const strategy = { subjectNameStrategyType: SubjectNameStrategyType.TOPIC };

// What a client writes that knows of one field only: PromptEvent's name, and defaults for everything else.
const PLAIN = {
  type: 'record', name: 'PromptEvent', namespace: 'dev.temper.schemas.event',
  fields: [{ name: 'prompt', type: ['null', 'string'], default: null }],
};

function registryClient() {
  return new SchemaRegistryClient({
    baseURLs: [settings.registry.url],
    ...(settings.registry.userInfo && {
      basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: settings.registry.userInfo },
    }),
  });
}

/** Gives the places of what it sent, as topic-partition@offset. */
async function send(producer, registry) {
  const places = new Set();
  const produce = async (value, headers) => {
    const key = `conversation-${places.size}`;
    const [at] = await producer.send({ topic: settings.prompts, acks: -1, messages: [{ key, value, headers }] });
    places.add(`${at.topicName}-${at.partition}@${at.baseOffset}`);
  };
  const newest = new AvroSerializer(registry, SerdeType.VALUE, { useLatestVersion: true, ...strategy });
  for (const { id, text, traceparent } of settings.conversations) {
    const event = {
      id, tenant: 'js', messages: [{ role: 'USER', content: text }], prompt: null, parameters: null,
      created_at: settings.createdAt, traceparent: null, tracestate: null,
    };
    await produce(await newest.serialize(settings.prompts, event), traceparent && { traceparent });
  }
  const schema = { schemaType: 'AVRO', schema: JSON.stringify(PLAIN) };
  const useSchemaId = await registry.register(`${settings.prompts}-value`, schema);
  const plain = new AvroSerializer(registry, SerdeType.VALUE, { useSchemaId, ...strategy });
  for (const prompt of settings.plain) {
    await produce(await plain.serialize(settings.prompts, { prompt }));
  }
  return places;
}

function print(topic, message, event) {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString()]));
  process.stdout.write(`${JSON.stringify({ topic, key: message.key?.toString(), headers, event })}\n`);
}

async function main() {
  const kafka = new Kafka({ clientId: 'temper-interop', brokers: settings.brokers, logLevel: logLevel.ERROR });
  const registry = registryClient();
  const deserializer = new AvroDeserializer(registry, SerdeType.VALUE, strategy);
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: 'temper-interop', readUncommitted: false });
  await producer.connect();
  await consumer.connect();
  const unanswered = await send(producer, registry);
  const flags = new Map(); // a flagged result's id -> how many of the two events of it came
  await consumer.subscribe({ topics: [settings.results, settings.flagged], fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.run({
      eachMessage: async ({ topic, message }) => {
        try {
          const event = await deserializer.deserialize(topic, message.value);
          print(topic, message, event);
          if (topic === settings.results) {
            const { topic: from, partition, offset } = event.source;
            unanswered.delete(`${from}-${partition}@${offset}`);
          }
          if (event.flagged !== false) {
            const id = event.result_event_id ?? event.event_id;
            flags.set(id, (flags.get(id) ?? 0) + 1);
          }
          if (unanswered.size === 0 && [...flags.values()].every((count) => count === 2)) resolve();
        } catch (e) {
          reject(e);
        }
      },
    }).catch(reject);
  });
  await consumer.disconnect();
  await producer.disconnect();
}

main().then(() => process.exit(0), (e) => {
  process.stderr.write(`${e.stack}\n`);
  process.exit(1);
});
