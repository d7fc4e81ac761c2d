package dev.pitrproof.evidence;

/**
 * Evidence together with the place it is kept.
 *
 * @param evidence what the file holds
 * @param directory the directory of the file, relative to the output directory, {@code /} between names
 */
public record EvidenceOnDisk(Evidence evidence, String directory) {}
