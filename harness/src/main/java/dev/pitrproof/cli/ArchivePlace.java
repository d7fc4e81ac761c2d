package dev.pitrproof.cli;

import dev.pitrproof.s3.S3Location;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where an archive is, as a command line says it: {@code DIR}, or {@code s3://BUCKET/PREFIX}. */
sealed interface ArchivePlace {

    /** How help calls it. */
    String LABEL = "DIR|s3://BUCKET/PREFIX";

    /** A directory. */
    record Directory(Path path) implements ArchivePlace {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A place in a bucket. */
    record Bucket(S3Location location) implements ArchivePlace {
        @Override
        public String toString() {
            return location.toString();
        }
    }

    /** Understands the option. */
    final class Converter implements ITypeConverter<ArchivePlace> {
        @Override
        public ArchivePlace convert(String text) {
            if (!S3Location.isMeant(text)) {
                return new Directory(Path.of(text));
            }
            try {
                return new Bucket(S3Location.parse(text));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
