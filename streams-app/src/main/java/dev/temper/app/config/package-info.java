/** The configuration: one YAML file, read into records that refuse bad values. */
@NullMarked
package dev.temper.app.config;

import org.jspecify.annotations.NullMarked;
