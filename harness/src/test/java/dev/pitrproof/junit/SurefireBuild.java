package dev.pitrproof.junit;

import dev.pitrproof.junit.sample.LocalScenarios;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A user's project, built by Maven: scenarios in a directory, one marker class, and a JUnit of the user's choice.
 *
 * @param directory the project's
 * @param output what Maven printed
 */
record SurefireBuild(Path directory, int exitStatus, String output) {

    private static final String MARKER = LocalScenarios.class.getName();

    /** What a user gets from a JUnit of his own, and what tests of ours need besides. */
    private static final Pattern NOT_FOR_USERS =
            Pattern.compile(".*[/\\\\](junit-[^/\\\\]*|opentest4j-[^/\\\\]*|apiguardian-[^/\\\\]*|archunit[^/\\\\]*|"
                    + "assertj-[^/\\\\]*|test-classes)");

    /** A test case of the report: its class, its name, and how it ended: passed, failure, error or skipped. */
    record TestCase(String className, String name, String end) {}

    /** Runs the tests of a project that has scenarios in {@code scenarios/} already. */
    static SurefireBuild run(Path directory, String junitVersion, Map<String, String> properties)
            throws IOException, InterruptedException {
        Files.writeString(directory.resolve("pom.xml"), pom(junitVersion));
        Path marker = directory.resolve("target/test-classes").resolve(MARKER.replace('.', '/') + ".class");
        Files.createDirectories(Objects.requireNonNull(marker.getParent()));
        try (InputStream bytes =
                LocalScenarios.class.getResourceAsStream(LocalScenarios.class.getSimpleName() + ".class")) {
            Files.copy(Objects.requireNonNull(bytes), marker);
        }
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "surefire:test"));
        String repository = System.getProperty("localRepository", System.getProperty("maven.repo.local", ""));
        if (!repository.isBlank()) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        Path output = directory.resolve("build.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            return new SurefireBuild(directory, process.waitFor(), Files.readString(output));
        } finally {
            process.destroy();
        }
    }

    private static String pom(String junitVersion) throws IOException {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>org.example</groupId>
                  <artifactId>recovery-tests</artifactId>
                  <version>1</version>
                  <properties>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencies>
                    <dependency>
                      <groupId>org.junit.jupiter</groupId>
                      <artifactId>junit-jupiter-engine</artifactId>
                      <version>%s</version>
                      <scope>test</scope>
                    </dependency>
                  </dependencies>
                  <build>
                    <plugins>
                      <plugin>
                        <artifactId>maven-surefire-plugin</artifactId>
                        <version>%s</version>
                        <configuration>
                          <includes>
                            <include>**/*Scenarios.class</include>
                          </includes>
                          <additionalClasspathElements>
                            %s
                          </additionalClasspathElements>
                        </configuration>
                      </plugin>
                    </plugins>
                  </build>
                </project>
                """.formatted(
                        junitVersion, fromParentPom("maven-surefire-plugin</artifactId>\\s*<version>"), classpath());
    }

    private static String classpath() {
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
        return Arrays.stream(classpath.split(File.pathSeparator, -1))
                .filter(element -> !NOT_FOR_USERS.matcher(element).matches())
                .map(element -> "<additionalClasspathElement>" + element + "</additionalClasspathElement>")
                .collect(Collectors.joining("\n"));
    }

    /** The JUnit that pitrproof itself is built with. */
    static String ownJUnitVersion() throws IOException {
        return fromParentPom("<junit.version>");
    }

    private static String fromParentPom(String before) throws IOException {
        Matcher matcher = Pattern.compile(before + "([^<]+)<").matcher(Files.readString(Path.of("../pom.xml")));
        if (!matcher.find()) {
            throw new IllegalStateException("../pom.xml does not match " + before);
        }
        return matcher.group(1);
    }

    /** What Surefire reports in its XML. */
    List<TestCase> testCases() throws IOException, ParserConfigurationException, SAXException {
        Path report = directory.resolve("target/surefire-reports/TEST-" + MARKER + ".xml");
        NodeList elements = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        List<TestCase> testCases = new ArrayList<>();
        for (int i = 0; i < elements.getLength(); i++) {
            Element element = (Element) elements.item(i);
            testCases.add(new TestCase(element.getAttribute("classname"), element.getAttribute("name"), end(element)));
        }
        return testCases;
    }

    private static String end(Element testCase) {
        for (String end : List.of("failure", "error", "skipped")) {
            if (testCase.getElementsByTagName(end).getLength() > 0) {
                return end;
            }
        }
        return "passed";
    }
}
