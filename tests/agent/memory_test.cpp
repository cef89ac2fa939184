// SPDX-License-Identifier: Apache-2.0
#include "device.hpp"

#include <pki/authority.hpp>
#include <pki/request.hpp>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>

using namespace oakum;
using namespace oakum::agent::test;

namespace {

// "Rss:   8880 kB"; -1 when the line is missing.
long kilobytes(const std::string& smaps, const std::string& name) {
    const std::size_t at = smaps.find("\n" + name + ":");
    return at == std::string::npos ? -1 : std::atol(smaps.c_str() + at + name.size() + 2);
}

// What `enroll` leaves behind, with an authority of our own.
void make_enrolled(const std::filesystem::path& folder) {
    system::SystemClock clock;
    const auto authority = pki::Authority::make("Test CA", pki::Serial{1}, clock.now()).value();
    const auto key = pki::PrivateKey::generate(pki::KeyKind::p256).value();
    const auto certificate = authority
                                 .issue_device(pki::make_request(key, "GW-1").value(), "urn:oakum:1:gw-1",
                                               pki::Serial{2}, {clock.now() - 1h, clock.now() + 24h})
                                 .value();
    REQUIRE(system::write_durably(folder / "identity.pem", key.secret_pem().value() + certificate).ok());
    REQUIRE(system::write_durably(folder / "ca.pem", authority.certificate_pem()).ok());
    // Nobody listens there: the agent polls, backs off, and is otherwise as idle as with a server.
    std::ofstream(folder / "agent.conf") << "server = https://127.0.0.1:1\nserial = GW-1\nmodel = AC-GW200\n";
    std::ofstream(folder / "factory.tar", std::ios::binary) << firmware("1.0");
    Device device(folder);
    REQUIRE(device.slots.provision(folder / "factory.tar").ok());
}

} // namespace

TEST_CASE("an idle agent holds at most 12 MiB, of which 3 MiB are its own") {
    const Folder folder;
    make_enrolled(folder.path);
    const std::string where = folder.path.string();
    const pid_t agent = ::fork();
    REQUIRE(agent >= 0);
    if (agent == 0) {
        const int log = ::open((where + "/log").c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(log, 2);
        ::execl(OAKUM_AGENT, "oakum-agent", "run", "--dir", where.c_str(), nullptr);
        ::_exit(127);
    }
    // Idle after its first words to the server found nobody.
    const std::string nobody = "connecting to 127.0.0.1:1: ";
    std::string said;
    for (int i = 0; i < 600 && said.find(nobody) == std::string::npos; ++i) {
        std::this_thread::sleep_for(50ms);
        said = system::read_bounded(folder.path / "log", 1 << 20).value_or("");
    }
    std::this_thread::sleep_for(500ms);
    const auto smaps = system::read_bounded("/proc/" + std::to_string(agent) + "/smaps_rollup", 1 << 16);
    ::kill(agent, SIGTERM);
    int status = 0;
    REQUIRE(::waitpid(agent, &status, 0) == agent);
    CHECK(WIFEXITED(status));
    CHECK_MESSAGE(said.find(nobody) != std::string::npos, said);
    REQUIRE(smaps.ok());
    const long resident = kilobytes(*smaps, "Rss");
    const long own = kilobytes(*smaps, "Anonymous");
    MESSAGE(resident << " KiB resident, " << own << " KiB anonymous");
    CHECK(resident > 0);
#ifndef OAKUM_SANITIZED
    CHECK(resident <= 12 * 1024);
    CHECK(own <= 3 * 1024);
#endif
}
