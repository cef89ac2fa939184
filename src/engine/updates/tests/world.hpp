// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <install/deployment.hpp>
#include <updates/agent.hpp>

#include <map>
#include <memory>
#include <set>

// A device and its server in one process, with a power switch. Everything durable lives in Flash; an Agent is
// made anew at each boot. Effects that take time may be cut in their middle.
namespace oakum::updates::test {

using namespace std::chrono_literals;

struct PowerCut {};

// Cuts the power at a numbered moment: each effect on something durable has one before and one after it.
struct Power {
    std::uint64_t moment = 0;
    std::uint64_t cut_at = 0; // zero: never
    bool was_cut = false;
    void tick() {
        if (++moment == cut_at) {
            was_cut = true;
            throw PowerCut{};
        }
    }
};

struct Slot {
    std::string bytes;
    std::optional<Image> image; // what the boot loader was told; nothing: unbootable
};

struct Flash {
    std::map<std::string, std::string> kept;
    std::string staging;
    std::size_t staging_synced = 0;
    std::map<std::string, Slot> slots{{"a", {}}, {"b", {}}};
    std::string active = "a";
    std::string trying;
    int tries_left = 0;
};

enum class Firmware { good, ill, dead, mislabelled };

inline base::Digest256 digest_of(const std::string& bytes) {
    return base::sha256(bytes);
}
inline std::string image_bytes(const std::string& version, std::size_t size = 60'000) {
    std::string bytes = "firmware " + version + "\n";
    while (bytes.size() < size)
        bytes += "block " + std::to_string(bytes.size()) + " of " + version + "\n";
    return bytes;
}

class World final : public UpdateServer,
                    public Repository,
                    public Trust,
                    public Keep,
                    public Staging,
                    public SlotWriter,
                    public BootControl,
                    public Health,
                    public Inventory,
                    public Identity,
                    public Director,
                    public ports::Clock,
                    public ports::Random,
                    public base::LogSink {
  public:
    World() {
        add_release("1.0", Firmware::good, 1);
        flash.slots["a"] = {image_bytes("1.0"), image_of("1.0")};
        settings.model = "gateway-g2";
        settings.health_window = 10s;
        settings.health_interval = 1s;
        settings.spare_bytes = 1000;
        terms.soak = 5s;
        terms.step_timeout = 10min;
        boot();
    }

    // ---- what a test says ----
    void add_release(const std::string& version, Firmware behaviour, std::uint64_t counter) {
        const std::string bytes = image_bytes(version);
        trust::TargetFile file;
        file.length = bytes.size();
        file.hashes.sha256 = digest_of(bytes);
        artifact::Terms release;
        release.release = "gateway";
        release.version = version;
        release.counter = counter;
        release.models = {"gateway-g2"};
        release.format = "raw";
        file.terms = release;
        targets[path_of(version)] = file;
        artifacts[digest_of(bytes).hex()] = bytes;
        behaviours[digest_of(bytes).hex()] = behaviour;
        allowed.insert(digest_of(bytes).hex());
    }
    void roll_out(const std::string& version, const std::string& deployment = "d-1") {
        terms.version = version;
        server = install::offer(terms, now());
        deployment_id = deployment;
        offered = true;
        is_rollback = false;
        ++desired;
    }
    void order_rollback(const std::string& version, const std::string& deployment) {
        roll_out(version, deployment);
        is_rollback = true;
    }
    void withdraw() {
        server = install::decide_withdraw(server, terms, now()).next;
        ++desired;
    }
    // From now on the root names a director, and the agent knows how to ask it.
    void direct() {
        directed = true;
        lose_power();
    }
    bool ended() const { return !offered || install::is_terminal(server.state); }

    // Runs until the deployment ended on both sides or the time is over; a power cut is followed by a boot.
    void run(base::Duration time = 1h) {
        const base::Duration until = steady_ + time;
        while (steady_ < until) {
            if (ended() && agent && agent->state().phase == install::Phase::idle &&
                agent->state().reports.empty())
                return;
            step();
        }
    }
    void step() {
        try {
            if (!agent) boot();
            const base::Duration wait = agent->step();
            steady_ += std::max<base::Duration>(wait, 10ms);
        } catch (const PowerCut&) {
            lose_power();
        }
        hold_invariants();
    }
    void lose_power() {
        agent.reset();
        running.clear();
        // What was not synced is torn.
        if (flash.staging.size() > flash.staging_synced) {
            const std::size_t kept = flash.staging_synced + (flash.staging.size() - flash.staging_synced) / 2;
            flash.staging.resize(kept);
            if (tear && kept > flash.staging_synced)
                flash.staging.back() = static_cast<char>(~flash.staging.back());
        }
        flash.staging_synced = flash.staging.size();
        steady_ += 20s;
        boot();
        hold_invariants();
    }

    // ---- invariants ----
    void hold_invariants() {
        REQUIRE(flash.slots[flash.active].image);
        const Slot& safe = flash.slots[flash.active];
        REQUIRE(digest_of(safe.bytes) == safe.image->digest);
        if (!flash.trying.empty()) {
            const Slot& tried = flash.slots[flash.trying];
            REQUIRE(tried.image);
            REQUIRE(digest_of(tried.bytes) == tried.image->digest);
            REQUIRE(allowed.contains(tried.image->digest.hex()));
        }
        REQUIRE(behaviours[safe.image->digest.hex()] == Firmware::good);
    }

    // ---- the boot loader ----
    void boot() {
        for (;;) {
            running = flash.active;
            if (!flash.trying.empty()) {
                if (flash.tries_left == 0) {
                    flash.slots[flash.trying].image.reset();
                    flash.trying.clear();
                    continue;
                }
                --flash.tries_left;
                running = flash.trying;
            }
            const Slot& slot = flash.slots[running];
            REQUIRE(slot.image);
            REQUIRE_MESSAGE(digest_of(slot.bytes) == slot.image->digest, "an unverified image booted");
            REQUIRE(allowed.contains(slot.image->digest.hex()));
            boots.push_back(running + " " + slot.image->version);
            ++boot_number;
            if (behaviours[slot.image->digest.hex()] != Firmware::dead) break;
        }
        if (agent) return; // the folder backend's way: the agent outlives the restart
        agent = std::make_unique<Agent>(Ports{*this, *this, *this, *this, *this, *this, *this, *this, *this,
                                              *this, *this, *this, *this, directed ? this : nullptr, carrier,
                                              rules},
                                        settings);
        try {
            REQUIRE(agent->start().ok());
        } catch (const PowerCut&) {
            agent.reset();
        }
    }

    // ---- UpdateServer ----
    base::Result<PollAnswer> poll(const wire::PollRequest& request) override {
        ++polls;
        last_poll = request;
        if (network_down) return base::unavailable("no connection");
        if (pause > base::Duration::zero()) return base::unavailable("overloaded");
        const bool open = !install::is_terminal(server.state);
        server = install::decide_poll(server, terms, request.running_version, request.healthy, now()).next;
        if (open && install::is_terminal(server.state)) ++ends;
        if (offered) server = install::decide_timer(server, terms, now()).next;
        wire::PollReply reply;
        reply.desired = desired;
        reply.poll_seconds = 2;
        reply.send_inventory = request.inventory.empty();
        reply.renew = asks_renewal;
        const bool cancelling = server.state == install::State::cancelling;
        if (offered && (!install::is_terminal(server.state)) && now() >= install::earliest_offer(server)) {
            wire::Offer offer;
            offer.deployment = deployment_id;
            offer.attempt = server.attempt;
            offer.release_name = "gateway";
            offer.release_version = terms.version;
            offer.target_path = path_of(terms.version);
            offer.length = 1;
            offer.soak_seconds = static_cast<std::uint32_t>(terms.soak / 1s);
            offer.is_rollback = is_rollback;
            offer.withdrawn = cancelling;
            offer.install_windows = windows;
            if (windows) offer.server_time = static_cast<std::uint64_t>(base::unix_seconds(true_time()));
            reply.offer = offer;
        }
        return PollAnswer{reply, 2};
    }
    base::Status send_inventory(const wire::InventoryMessage& message) override {
        if (network_down) return base::unavailable("no connection");
        if (inventories_refused) return base::unavailable("overloaded");
        ++inventories;
        inventory_of = message.facts.at("firmware_version");
        facts = message.facts;
        return {};
    }
    base::Result<wire::ReportReply> report(const wire::Report& report) override {
        power.tick();
        if (network_down) return base::unavailable("no connection");
        if (!inventories_refused)
            CHECK_MESSAGE(inventory_of == flash.slots[running].image->version,
                          "a version is reported of which the server has no inventory");
        wire::ReportReply reply{"stale", 2};
        if (report.deployment == deployment_id) {
            install::ReportSeen seen;
            seen.attempt = report.attempt;
            seen.sequence = report.sequence;
            seen.state = report.state;
            seen.reason = report.reason;
            seen.detail = report.detail;
            seen.progress_percent = report.progress_percent;
            seen.running_version = report.running_version;
            seen.healthy = report.healthy;
            seen.resumed = report.resumed;
            auto decision = install::decide_report(server, terms, seen, now());
            if (!decision.ok()) return decision.error();
            if (install::is_terminal(decision->next.state) && !install::is_terminal(server.state)) ++ends;
            server = decision->next;
            reply.outcome = install::to_string(decision->outcome);
            told.push_back(std::string(install::to_string(report.state)));
            if (!report.detail.empty()) details.push_back(report.detail);
        }
        power.tick();
        return reply;
    }
    base::Result<wire::RenewReply> renew(const wire::RenewRequest& request) override {
        ++renewals;
        if (renewals_refused) return base::unavailable("overloaded");
        asks_renewal = false;
        return wire::RenewReply{"certificate for " + request.csr_pem};
    }
    base::Duration asked_pause() const override { return pause; }

    // ---- Repository ----
    base::Result<std::optional<base::Bytes>> metadata(const std::string&, std::uint64_t) override {
        return base::bug("the Trust port of this test needs no metadata");
    }
    base::Result<std::optional<base::Bytes>> log_file(const std::string&, std::uint64_t) override {
        return base::bug("the Trust port of this test needs no log");
    }
    base::Status artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                          const Piece& piece) override {
        ++requests;
        if (network_down) return base::unavailable("no connection");
        if (pause > base::Duration::zero()) return base::unavailable("overloaded");
        std::string bytes = artifacts.at(digest.hex());
        if (tampered) bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
        if (endless) bytes += std::string(1000, 'x'), to = bytes.size();
        asked_from.push_back(from);
        std::uint64_t until_cut = cuts > 0 ? from + (to - from) / 3 : to;
        for (std::uint64_t at = from; at < until_cut;) {
            const std::uint64_t size = std::min<std::uint64_t>(7'000, until_cut - at);
            const base::Status taken = piece(base::as_bytes(std::string_view(bytes).substr(at, size)));
            if (!taken.ok()) return taken;
            at += size;
        }
        if (cuts > 0) {
            --cuts;
            return base::unavailable("connection reset");
        }
        return {};
    }

    // ---- Trust ----
    std::variant<Listed, NotTrusted> look_up(const Question& question, base::TimePoint) override {
        const std::string& path = question.path;
        if (network_down) return NotTrusted{install::Reason::download_failed, "no connection", true, {}};
        if (distrust) return *distrust;
        const auto found = targets.find(path);
        if (found == targets.end())
            return NotTrusted{install::Reason::verification_failed, "not listed", false, {}};
        if (!directed) return Listed{found->second, {}};
        if (const auto answer = question.ask_director(); !answer.ok())
            return NotTrusted{install::Reason::download_failed, answer.error().text(), true, {}};
        return Listed{found->second, now() + permission};
    }

    // ---- Director ----
    std::string device() const override { return "me"; }
    base::Result<base::Bytes> ask(const wire::Manifest& manifest) override {
        if (network_down) return base::unavailable("no connection");
        manifests.push_back(manifest);
        return base::Bytes();
    }

    // ---- Keep ----
    base::Result<std::optional<std::string>> load(const std::string& name) override {
        const auto found = flash.kept.find(name);
        return found == flash.kept.end() ? std::optional<std::string>() : std::optional(found->second);
    }
    base::Status save(const std::string& name, std::string_view text) override {
        power.tick();
        if (disk_full) return base::unavailable("disk full");
        flash.kept[name] = text;
        ++saves;
        power.tick();
        return {};
    }
    base::Status remove(const std::string& name) override {
        flash.kept.erase(name);
        return {};
    }
    base::Result<std::vector<std::string>> names() override { return std::vector<std::string>{}; }

    // ---- Staging ----
    base::Result<std::uint64_t> held() override { return flash.staging.size(); }
    base::Status append(base::ByteView piece) override {
        power.tick();
        if (flash.staging.size() + piece.size() > staging_limit) return base::unavailable("disk full");
        flash.staging += base::as_text(piece);
        power.tick();
        return {};
    }
    base::Status sync() override {
        power.tick();
        flash.staging_synced = flash.staging.size();
        power.tick();
        return {};
    }
    base::Status read(const Piece& piece) override {
        const std::string copy = flash.staging;
        for (std::size_t at = 0; at < copy.size(); at += 9'000) {
            const base::Status taken = piece(base::as_bytes(std::string_view(copy).substr(at, 9'000)));
            if (!taken.ok()) return taken;
        }
        return {};
    }
    base::Status clear() override {
        power.tick();
        flash.staging.clear();
        flash.staging_synced = 0;
        power.tick();
        return {};
    }
    base::Result<std::uint64_t> space() override { return free_space; }

    // ---- SlotWriter ----
    std::string spare() const { return running == "a" ? "b" : "a"; }
    base::Result<std::uint64_t> capacity(std::uint64_t) override { return slot_size; }
    base::Status begin() override {
        power.tick();
        REQUIRE(spare() != flash.active);
        flash.slots[spare()].image.reset();
        power.tick();
        flash.slots[spare()].bytes.clear();
        power.tick();
        ++slot_writes;
        return {};
    }
    base::Status write(base::ByteView piece) override {
        REQUIRE_FALSE(flash.slots[spare()].image);
        power.tick();
        flash.slots[spare()].bytes += base::as_text(piece.first(piece.size() / 2));
        power.tick();
        flash.slots[spare()].bytes += base::as_text(piece.subspan(piece.size() / 2));
        if (bad_medium && !flash.slots[spare()].bytes.empty()) flash.slots[spare()].bytes[0] = '!';
        power.tick();
        return {};
    }
    base::Status finish() override { return {}; }
    base::Status read_back(const Image& image) override {
        const bool same = digest_of(flash.slots[spare()].bytes.substr(0, image.length)) == image.digest;
        return same ? base::Status() : base::Status(base::corrupt("the medium holds something else"));
    }

    // ---- BootControl ----
    base::Result<BootView> view() override {
        const Slot& slot = flash.slots[running];
        BootView view;
        view.running = running;
        view.spare = spare();
        view.trying = flash.trying;
        view.image = slot.image;
        view.running_version = slot.image->version;
        if (behaviours[slot.image->digest.hex()] == Firmware::mislabelled) view.running_version = "0.9";
        view.boot_id = std::to_string(boot_number);
        return view;
    }
    base::Status activate(const Image& image) override {
        power.tick();
        flash.slots[spare()].image = image;
        flash.trying = spare();
        flash.tries_left = 3;
        power.tick();
        return {};
    }
    base::Status restart() override {
        power.tick();
        if (reboots_for_real) throw PowerCut{};
        boot();
        power.tick();
        return {};
    }
    base::Status mark_good() override {
        power.tick();
        if (flash.trying == running) {
            flash.active = running;
            flash.trying.clear();
        }
        power.tick();
        return {};
    }
    base::Status fall_back(const std::string& bad) override {
        power.tick();
        if (flash.trying == bad) flash.trying.clear();
        if (flash.active == bad) flash.active = bad == "a" ? "b" : "a";
        power.tick();
        return {};
    }

    // ---- Health, Inventory, Identity ----
    HealthState check() override {
        const Firmware behaviour = behaviours[digest_of(flash.slots[running].bytes).hex()];
        if (behaviour == Firmware::ill || ill_from_now_on == running)
            return {false, "bin/health ended with 1: no uplink"};
        return {true, ""};
    }
    base::Result<wire::InventoryMessage> collect() override {
        wire::InventoryMessage message;
        message.facts["firmware_version"] =
            flash.slots[running].image ? flash.slots[running].image->version : "";
        return message;
    }
    base::Result<std::string> request() override { return std::string("csr"); }
    base::Status adopt(const std::string& certificate) override {
        adopted = certificate;
        return {};
    }

    // ---- Clock, Random, Log ----
    base::TimePoint now() override { return base::from_unix_ms(1'800'000'000'000) + steady_ + clock_off; }
    base::TimePoint true_time() const { return base::from_unix_ms(1'800'000'000'000) + steady_; }
    base::Duration steady() override { return steady_; }
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            byte = static_cast<std::uint8_t>(seed >> 56);
        }
    }
    void write(base::LogLevel, std::string_view, std::string_view text) override { lines.emplace_back(text); }

    static std::string path_of(const std::string& version) { return "gateway/" + version + "/gateway.tar"; }
    Image image_of(const std::string& version) const {
        const std::string bytes = image_bytes(version);
        return {digest_of(bytes), bytes.size(), version};
    }
    Flash flash;
    Power power;
    Settings settings;
    install::Terms terms;
    install::Deployment server;
    std::string deployment_id;
    bool offered = false, is_rollback = false;
    std::uint64_t desired = 0;
    std::map<std::string, trust::TargetFile> targets;
    std::map<std::string, std::string> artifacts;
    std::map<std::string, Firmware> behaviours;
    std::set<std::string> allowed;

    bool network_down = false, tampered = false, endless = false, disk_full = false, bad_medium = false;
    bool reboots_for_real = false, tear = false;
    base::Duration pause{};
    std::string ill_from_now_on;
    int cuts = 0;
    std::optional<NotTrusted> distrust;
    Carrier* carrier = nullptr; // before boot()
    LocalRules* rules = nullptr;
    bool directed = false; // the root names a director; before boot()
    base::Duration permission = 6h;
    std::vector<wire::Manifest> manifests;
    std::map<std::string, std::string> facts; // of the last inventory
    std::uint64_t staging_limit = 1 << 30, free_space = 1 << 30, slot_size = 1 << 30;

    std::unique_ptr<Agent> agent;
    std::string running = "a";
    int boot_number = 0;
    int polls = 0, requests = 0, slot_writes = 0, saves = 0, ends = 0, inventories = 0;
    std::vector<std::uint64_t> asked_from;
    std::string inventory_of; // the version whose inventory the server has
    bool inventories_refused = false, asks_renewal = false, renewals_refused = false;
    int renewals = 0;
    base::Duration clock_off{};
    std::optional<std::vector<wire::InstallWindow>> windows;
    std::vector<std::string> told, details, boots, lines;
    wire::PollRequest last_poll;
    std::string adopted;
    base::Duration steady_{1000s};
    std::uint64_t seed = 42;
};

} // namespace oakum::updates::test
