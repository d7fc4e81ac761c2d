package dev.pitrproof.sandbox;

final class ProcessSandboxTest extends SandboxContract {

    @Override
    Sandbox open() throws SandboxException {
        return ProcessSandbox.open(
                PostgresBinaries.find(PostgresBinaries.majorsAtHand().get(0), null, message -> {}));
    }
}
