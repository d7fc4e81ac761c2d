package dev.pitrproof.sandbox;

/** Is told what takes time while PostgreSQL's programs are fetched and unpacked. */
@FunctionalInterface
public interface BinariesProgress {

    /** One line: lower case start, no full stop. */
    void say(String message);
}
