package dev.pitrproof.sandbox;

/**
 * How far one kind of harm is kept away.
 *
 * @param item {@code network}, {@code archive} or {@code workers}
 * @param level {@code enforced}: by the operating system; {@code configured}: by the server's settings;
 *     {@code not-enforced}
 */
public record IsolationFact(String item, String level) {}
