package dev.temper.schemas.registry;

import org.apache.avro.Schema;

/**
 * A schema as it stands in the registry.
 *
 * @param subject the subject it stands under
 * @param version its number within the subject, from 1
 * @param id its id over all subjects: what the wire format carries
 */
public record RegisteredSchema(String subject, int version, int id, Schema schema) {}
