package dev.temper.runtime.sasa;

/**
 * A subspace as events name it.
 *
 * @param hash SHA-256 of its file, hexadecimal
 */
public record SubspaceVersion(Subspace subspace, String hash) {}
