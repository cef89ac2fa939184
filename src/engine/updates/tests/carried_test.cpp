// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace oakum;
using namespace oakum::updates;
using namespace oakum::updates::test;
using install::State;

namespace {

// A stick in the device's socket: its files outlive a power cut, and what was named is remembered.
class Stick final : public Carrier, public Trust, public Repository {
  public:
    explicit Stick(World& world) : world_(world) {}
    void plug(const std::string& version, const std::string& deployment, std::uint32_t attempt = 1) {
        wire::Offer offer;
        offer.deployment = deployment;
        offer.attempt = attempt;
        offer.release_name = "gateway";
        offer.release_version = version;
        offer.target_path = World::path_of(version);
        offer.soak_seconds = 5;
        named = offer;
    }

    std::string device() const override { return "me"; }
    std::optional<wire::Offer> brought() override { return named; }
    std::variant<base::Bytes, NotTrusted> admit(base::TimePoint) override {
        ++admissions;
        if (distrust) return *distrust;
        const base::ByteView bytes = base::as_bytes(std::string_view(R"({"an":"order"})"));
        return base::Bytes(bytes.begin(), bytes.end());
    }
    Trust& trust() override { return *this; }
    Repository& repository() override { return *this; }
    base::Result<base::Bytes> direction() override { return base::Bytes(); }
    void refused(const std::string& why) override {
        answers.push_back("refused: " + why);
        named.reset();
    }
    void taken(const wire::Offer&) override {
        answers.emplace_back("taken");
        taken_once = true;
        if (!keeps_asking) named.reset();
    }
    void ended(const std::vector<wire::Receipt>& receipts) override {
        answers.emplace_back("ended");
        written = receipts;
        named.reset();
    }

    std::variant<Listed, NotTrusted> look_up(const Question& question, base::TimePoint) override {
        REQUIRE(base::as_text(question.order) == R"({"an":"order"})");
        REQUIRE(question.device == "me");
        if (unplugged) return NotTrusted{install::Reason::download_failed, "it is gone", true, {}};
        const auto found = world_.targets.find(question.path);
        if (found == world_.targets.end())
            return NotTrusted{install::Reason::verification_failed, "not listed", false, {}};
        return Listed{found->second, {}};
    }
    base::Result<std::optional<base::Bytes>> metadata(const std::string&, std::uint64_t) override {
        return base::bug("not asked here");
    }
    base::Result<std::optional<base::Bytes>> log_file(const std::string&, std::uint64_t) override {
        return base::bug("not asked here");
    }
    base::Status artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                          const Piece& piece) override {
        if (unplugged) return base::not_found("it is gone");
        ++pieces;
        std::string bytes = world_.artifacts.at(digest.hex());
        if (swapped) bytes[bytes.size() / 2] ^= 1;
        return piece(base::as_bytes(std::string_view(bytes).substr(from, to - from)));
    }

    std::optional<wire::Offer> named;
    std::optional<NotTrusted> distrust;
    bool unplugged = false, swapped = false, keeps_asking = false, taken_once = false;
    int admissions = 0, pieces = 0;
    std::vector<std::string> answers;
    std::vector<wire::Receipt> written;

  private:
    World& world_;
};

// A device without a network, and somebody with a stick.
struct Remote {
    World world;
    Stick stick{world};
    Remote() {
        world.carrier = &stick;
        world.network_down = true;
        world.agent.reset();
        world.boot();
        world.add_release("2.0", Firmware::good, 2);
    }
    void run(base::Duration time = 30min) {
        const base::Duration until = world.steady_ + time;
        while (world.steady_ < until)
            world.step();
    }
    const AgentState& state() const { return world.agent->state(); }
};

} // namespace

TEST_CASE("an update that was carried here installs without a network, and a receipt says how it ended") {
    Remote remote;
    remote.stick.plug("2.0", "d-7");
    remote.run();
    CHECK(remote.world.flash.active == "b");
    CHECK(remote.state().phase == install::Phase::idle);
    CHECK(remote.world.requests == 0);
    CHECK(remote.stick.answers == std::vector<std::string>{"taken", "ended"});
    REQUIRE(remote.stick.written.size() == 1);
    const wire::Receipt& receipt = remote.stick.written.front();
    CHECK(receipt.device == "me");
    CHECK(receipt.report.deployment == "d-7");
    CHECK(receipt.report.state == State::verified);
    CHECK(receipt.report.running_version == "2.0");
    CHECK(receipt.report.healthy);
    CHECK(receipt.digest == remote.world.image_of("2.0").digest.hex());
    // Newer than every report of it, so that these cannot make a receipt stale.
    for (const wire::Report& report : remote.state().reports)
        CHECK(report.sequence < receipt.report.sequence);
}

TEST_CASE("the report is kept and sent at the next contact, and then no receipt is needed any more") {
    Remote remote;
    remote.stick.plug("2.0", "d-7");
    remote.run();
    CHECK_FALSE(remote.state().reports.empty());
    CHECK(remote.state().receipts.size() == 1);
    CHECK(decode_state(encode(remote.state())).value().receipts.size() == 1);
    remote.world.roll_out("2.0", "d-7");
    remote.world.network_down = false;
    remote.run(1h);
    CHECK(remote.state().reports.empty());
    CHECK(remote.state().receipts.empty());
    CHECK(remote.world.server.state == State::verified);
    CHECK(remote.world.slot_writes == 1);
}

TEST_CASE("a folder that is refused takes the place of nothing, costs no attempt and says why") {
    Remote remote;
    remote.stick.distrust = NotTrusted{install::Reason::metadata_expired, "it ended", false, {}};
    remote.stick.plug("2.0", "d-7");
    remote.run(1min);
    CHECK(remote.stick.answers == std::vector<std::string>{"refused: it ended"});
    CHECK(remote.state().phase == install::Phase::idle);
    CHECK(remote.state().reports.empty());
    CHECK(remote.state().done_deployment.empty());
    CHECK_FALSE(remote.state().attacked);
    remote.stick.distrust = NotTrusted{install::Reason::verification_failed, "nobody signed it", false,
                                       trust::Attack::unapproved};
    remote.stick.plug("2.0", "d-7");
    remote.run(1min);
    REQUIRE(remote.state().attacked);
    CHECK(remote.state().attacked->attack == trust::Attack::unapproved);
    CHECK(decode_state(remote.world.flash.kept.at("state.json")).value().attacked);
    // The real one is still taken.
    remote.stick.distrust.reset();
    remote.stick.plug("2.0", "d-7");
    remote.run();
    CHECK(remote.world.flash.active == "b");
}

TEST_CASE("a file that was swapped on the stick never reaches a slot") {
    Remote remote;
    remote.stick.swapped = true;
    remote.stick.plug("2.0", "d-7");
    remote.run();
    CHECK(remote.world.slot_writes == 0);
    CHECK(remote.world.flash.active == "a");
    REQUIRE(remote.stick.written.size() == 1);
    CHECK(remote.stick.written.front().report.state == State::failed);
    CHECK(remote.stick.written.front().report.reason == install::Reason::verification_failed);
    CHECK(remote.stick.written.front().report.running_version == "1.0");
}

TEST_CASE("what the signed terms forbid is refused from a stick as from the network") {
    Remote remote;
    remote.world.targets[World::path_of("2.0")].terms->models = {"another"};
    remote.stick.plug("2.0", "d-7");
    remote.run();
    REQUIRE(remote.stick.written.size() == 1);
    CHECK(remote.stick.written.front().report.reason == install::Reason::incompatible);
    remote.world.add_release("0.5", Firmware::good, 0);
    remote.stick.plug("0.5", "d-8");
    remote.run();
    CHECK(remote.world.flash.active == "a");
    CHECK(remote.world.slot_writes == 0);
}

TEST_CASE("an ill version that was carried falls back, and the receipt says so") {
    Remote remote;
    remote.world.add_release("3.0", Firmware::ill, 3);
    remote.stick.plug("3.0", "d-9");
    remote.run();
    CHECK(remote.world.flash.active == "a");
    REQUIRE(remote.stick.written.size() == 1);
    CHECK(remote.stick.written.front().report.state == State::rolled_back);
    CHECK(remote.stick.written.front().report.running_version == "1.0");
}

TEST_CASE("a stick that is named again after its update ended gets its receipt again, and nothing is "
          "installed twice") {
    Remote remote;
    remote.stick.plug("2.0", "d-7");
    remote.run();
    remote.stick.written.clear();
    remote.stick.plug("2.0", "d-7");
    remote.run(1min);
    CHECK(remote.stick.written.size() == 1);
    CHECK(remote.world.slot_writes == 1);
    CHECK(remote.stick.admissions == 1);
}

TEST_CASE("a stick waits for what is under way, and the same one is followed instead of begun again") {
    Remote remote;
    remote.world.windows = std::vector<wire::InstallWindow>{}; // not for now
    remote.world.network_down = false;
    remote.world.roll_out("2.0", "d-1");
    remote.run(10min);
    REQUIRE(remote.state().phase == install::Phase::waiting);
    remote.world.network_down = true;
    remote.stick.plug("2.0", "d-7");
    remote.run(1min);
    REQUIRE(remote.stick.answers.size() == 1);
    CHECK(remote.stick.answers[0].starts_with("refused: the update to gateway 2.0 is under way here"));
    remote.stick.plug("2.0", "d-1");
    remote.run(1min);
    CHECK(remote.stick.answers.back() == "taken");
}

TEST_CASE("a stick that is pulled out while it is read costs no slot, and plugged in again it goes on") {
    Remote remote;
    remote.stick.plug("2.0", "d-7");
    remote.stick.unplugged = true;
    for (int i = 0; i < 20; ++i)
        remote.world.step();
    CHECK(remote.state().phase == install::Phase::deciding);
    remote.stick.unplugged = false;
    remote.run();
    CHECK(remote.world.flash.active == "b");
}

TEST_CASE("where the stick is gone and the network is back the same is fetched from the server") {
    Remote remote;
    remote.stick.plug("2.0", "d-7");
    remote.stick.unplugged = true;
    for (int i = 0; i < 5; ++i)
        remote.world.step();
    remote.world.network_down = false;
    remote.world.roll_out("2.0", "d-7");
    remote.run(1h);
    CHECK(remote.world.flash.active == "b");
    CHECK(remote.world.requests > 0);
    CHECK(remote.world.server.state == State::verified);
}

TEST_CASE("a limit on the network's bandwidth is none on a stick's") {
    Remote remote;
    remote.world.settings.bytes_per_second = 1;
    remote.world.agent.reset();
    remote.world.boot();
    remote.stick.plug("2.0", "d-7");
    remote.run(2min);
    CHECK(remote.world.flash.active == "b");
}

TEST_CASE("a window that came in the order is kept to, and the stick may be pulled out meanwhile") {
    Remote remote;
    remote.stick.plug("2.0", "d-7");
    const auto opens = static_cast<std::uint64_t>(base::unix_seconds(remote.world.now())) + 3600;
    remote.stick.named->install_windows = {{opens, opens + 600}};
    remote.stick.named->server_time = opens - 86'400; // packed a day ago: no word about this device's clock
    remote.run(10min);
    CHECK(remote.state().phase == install::Phase::waiting);
    CHECK(remote.state().current->clock_behind == 0);
    remote.stick.unplugged = true;
    remote.run(1h);
    CHECK(remote.world.flash.active == "b");
    CHECK(remote.stick.answers.back() == "ended");
}

TEST_CASE(
    "a power cut at any moment of a carried update leaves a bootable, verified slot and the right receipt") {
    for (const bool real_reboot : {false, true}) {
        std::uint64_t moments = 0;
        for (std::uint64_t moment = 1;; ++moment) {
            CAPTURE(moment);
            Remote remote;
            remote.world.reboots_for_real = real_reboot;
            remote.stick.keeps_asking = true; // as long as it was not told the end
            remote.world.power.cut_at = remote.world.power.moment + moment;
            remote.stick.plug("2.0", "d-7");
            const base::Duration until = remote.world.steady_ + 2h;
            while (remote.world.steady_ < until && (remote.stick.written.empty() || remote.stick.named))
                remote.world.step();
            if (!remote.world.power.was_cut) break;
            ++moments;
            REQUIRE(remote.stick.written.size() == 1);
            CHECK(remote.stick.written[0].report.state == State::verified);
            CHECK(remote.world.flash.active == "b");
            CHECK(remote.world.flash.trying.empty());
        }
        CHECK(moments > 40);
    }
}
