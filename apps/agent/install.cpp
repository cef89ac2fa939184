// SPDX-License-Identifier: Apache-2.0
// `oakum-agent install FOLDER`: what people carry to a device that is not on the network.
#include "backend.hpp"
#include "brought.hpp"
#include "director.hpp"
#include "noticeboard.hpp"
#include "verbs.hpp"
#include "waiting.hpp"

#include <metadata/reader.hpp>
#include <system/carried_folder.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/log_line.hpp>
#include <updates/state.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Status;

constexpr std::size_t max_note = 64 << 10;
constexpr auto look_again = std::chrono::milliseconds(200);
// An agent that runs takes a folder up at once, unless it is in the middle of something.
constexpr auto patience = std::chrono::minutes(2);

void say(const std::string& text) {
    std::printf("%s\n", system::escape_for_log(text).c_str());
    std::fflush(stdout);
}

// What a person can be told before the agent is bothered; a medium that is failing shows here.
Status read_through(ports::CarriedFolder& folder, const Glimpse& glimpse) {
    const std::string artifacts(wire::kCarriedArtifacts), name = glimpse.artifact.hex();
    TRY_VALUE(const auto length, folder.length(artifacts, name));
    if (!length) return base::not_found("the folder lacks the artifact " + name + ": export it again");
    say("Reading " + bytes_text(*length) + " of " + glimpse.offer.release_name + " " +
        glimpse.offer.release_version + " ...");
    base::Sha256 hash;
    TRY(folder.stream(artifacts, name, 0, *length, [&](base::ByteView piece) -> Status {
        hash.update(piece);
        return {};
    }));
    if (hash.finish() != glimpse.artifact)
        return base::corrupt("artifacts/" + name +
                             " is not what its name says: the medium is damaged, or somebody "
                             "changed it; export it again");
    return {};
}

base::Result<std::optional<Answered>> read_answer(const fs::path& notes, const std::string& id) {
    const auto text = system::read_bounded(notes / "answer.json", max_note);
    if (!text.ok() && text.error().kind == base::ErrorKind::not_found) return std::optional<Answered>();
    if (!text.ok()) return text.error();
    TRY_VALUE(Answered answered, decode_answered(*text));
    if (answered.id != id) return std::optional<Answered>();
    return std::optional(std::move(answered));
}

Seen look(const Config& config, bool runs) {
    Seen seen;
    system::SystemClock clock;
    seen.now = clock.now();
    seen.runs = runs;
    seen.standing = read_standing(config.folder);
    if (const auto held = FileStaging(download_of(config)).held(); held.ok()) seen.held = *held;
    const auto text = FolderKeep(config.folder / "state").load("state.json");
    if (text.ok() && *text)
        if (auto state = updates::decode_state(**text); state.ok()) seen.state = std::move(*state);
    return seen;
}

// Tells each step once, and how it ended. Errors: denied (refused), unavailable (it failed).
class Follower {
  public:
    Follower(const Config& config, Asked asked) : config_(config), asked_(std::move(asked)) {}

    // Nothing while it goes on.
    std::optional<Status> look(bool runs) {
        const auto answered = read_answer(config_.folder / "brought", asked_.id);
        if (!answered.ok()) return Status(answered.error());
        if (!*answered) return std::nullopt;
        const Answered& answer = **answered;
        if (answer.state == Answered::State::refused) return Status(base::denied(answer.detail));
        heard_ = true;
        const Seen seen = agent::look(config_, runs);
        if (answer.state == Answered::State::ended) return end(answer, seen);
        if (!seen.state.current) return std::nullopt;
        const Waiting waiting = waits_for(seen);
        const bool at_window =
            seen.state.phase == install::Phase::waiting || seen.state.phase == install::Phase::written;
        std::string line = "Waits for " + waiting.what;
        if (waiting.until && at_window) line += ", " + when(*waiting.until, seen.now);
        if (line != told_) say(line);
        told_ = std::move(line);
        return std::nullopt;
    }
    bool heard() const { return heard_; }

  private:
    Status end(const Answered& answer, const Seen& seen) const {
        for (const std::string& name : answer.receipts)
            say("Receipt: " + (asked_.folder / wire::kCarriedReceipts / name).string());
        if (!answer.detail.empty()) say(answer.detail);
        if (answer.receipts.empty() && !seen.state.receipts.empty())
            say("The receipt is kept on this device: run this again with a folder that can be written to.");
        if (!seen.state.last) return {};
        const updates::Ended& last = *seen.state.last;
        std::string line =
            last.release + " " + last.version + ": " + std::string(install::to_string(last.state));
        if (last.reason != install::Reason::none)
            line += " (" + std::string(install::to_string(last.reason)) + ")";
        if (!last.detail.empty()) line += ": " + last.detail;
        if (last.state == install::State::verified || last.state == install::State::installed) {
            say(line);
            return {};
        }
        return base::unavailable(line);
    }

    const Config& config_;
    Asked asked_;
    std::string told_;
    bool heard_ = false;
};

} // namespace

Status install(const std::string& folder, const Arguments& arguments, base::LogSink& log) {
    TRY_VALUE(const Config config, load_config(arguments));
    FileIdentity identity(config.folder, config.serial);
    if (const auto read = identity.load(); !read.ok())
        return base::Error(read.error()).wrap("this device's identity");
    std::error_code error;
    Asked asked;
    asked.folder = fs::canonical(folder, error);
    if (error) return base::not_found(folder + ": " + error.message());
    const metadata::JsonReader reader;
    {
        TRY_VALUE(const auto opened, system::open_carried(asked.folder));
        TRY_VALUE(const Glimpse seen, glimpse(*opened, device_of(identity), reader));
        TRY(read_through(*opened, seen));
    }
    system::SystemRandom random;
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    asked.id = base::to_hex(bytes);
    const fs::path notes = config.folder / "brought";
    if (::unlink((notes / "answer.json").c_str()) != 0 && errno != ENOENT)
        return system_error("removing the answer of before");
    TRY(system::write_durably(notes / "asked.json", encode(asked)));

    Follower follower(config, asked);
    if (!agent_runs(config.folder)) {
        say("No agent runs here: this does its work until the update has ended.");
        std::optional<Status> ended;
        TRY(live(arguments, log, [&] {
            ended = follower.look(true);
            return ended.has_value();
        }));
        if (ended) return std::move(*ended);
        return base::unavailable(
            "told to end before the update had; it goes on with 'oakum-agent run', or with this "
            "again");
    }
    const auto began = std::chrono::steady_clock::now();
    for (;;) {
        const bool runs = agent_runs(config.folder);
        if (auto ended = follower.look(runs)) return std::move(*ended);
        if (!runs)
            return base::unavailable(
                "the agent ended; the update goes on when it is started again ('oakum-agent "
                "status')");
        if (!follower.heard() && std::chrono::steady_clock::now() - began > patience)
            return base::unavailable("the agent does not look at the folder; it is named in " +
                                     (notes / "asked.json").string() + " and looked at when it can");
        std::this_thread::sleep_for(look_again);
    }
}

} // namespace oakum::agent
