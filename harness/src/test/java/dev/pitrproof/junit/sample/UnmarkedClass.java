package dev.pitrproof.junit.sample;

/** Not for the engine. */
public class UnmarkedClass {}
