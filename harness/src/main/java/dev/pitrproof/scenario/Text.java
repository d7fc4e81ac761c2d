package dev.pitrproof.scenario;

/**
 * A scalar value with its variables filled in.
 *
 * @param position where it begins
 */
record Text(String value, Position position) {}
