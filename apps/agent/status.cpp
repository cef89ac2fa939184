// SPDX-License-Identifier: Apache-2.0
#include "backend.hpp"
#include "identity.hpp"
#include "noticeboard.hpp"
#include "verbs.hpp"
#include "waiting.hpp"

#include <json/writer.hpp>
#include <metadata/reader.hpp>
#include <packages/os_release.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/log_line.hpp>
#include <updates/state.hpp>

#include <cstdio>
#include <sys/stat.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_text = 64 << 10;
constexpr std::size_t max_metadata = 8 << 20;

struct Running {
    std::string version, slot; // empty: not known
    std::string note;
};

// What runs, as far as it can be seen from beside the agent.
Running what_runs(const Config& config, const Seen& seen) {
    Running running;
    if (seen.standing && seen.runs) {
        running.version = seen.standing->version;
        running.slot = seen.standing->slot;
        return running;
    }
    const bool folders = config.backend.kind == BackendConfig::Kind::folders;
    if (folders && was_provisioned(config.folder / "slots")) {
        // The firmware is the agent's child.
        const auto text = system::read_bounded(config.folder / "slots/boot.env", max_text);
        const auto env = text.ok() ? parse_boot_env(*text) : base::Result<BootEnv>(text.error());
        running.version = "none";
        if (env.ok() && env->images.contains(env->active))
            running.note = "slot " + env->active + " holds " + env->images.at(env->active).version +
                           ", which the agent starts";
        return running;
    }
    const fs::path root = folders ? fs::path("/") : config.backend.root;
    const auto text = system::read_bounded(root / "etc/os-release", max_text);
    if (text.ok()) running.version = packages::read_os_release(*text).version_id;
    if (seen.standing) running.slot = seen.standing->slot;
    return running;
}

struct Trusted {
    std::optional<base::TimePoint> changed; // when the device last took something newer
    std::optional<base::TimePoint> expires; // of what ends first
    std::string ends_first;
};

Trusted what_is_trusted(const fs::path& folder) {
    Trusted trusted;
    const metadata::JsonReader reader;
    const auto take = [&](const char* name, auto read) {
        const auto text = system::read_bounded(folder / (std::string(name) + ".json"), max_metadata);
        if (!text.ok()) return;
        const auto document = read(base::as_bytes(*text));
        if (!document.ok()) return;
        const base::TimePoint ends = document->document.header.expires;
        if (trusted.expires && *trusted.expires <= ends) return;
        trusted.expires = ends;
        trusted.ends_first = name;
    };
    take("timestamp", [&](base::ByteView bytes) { return reader.timestamp(bytes); });
    take("snapshot", [&](base::ByteView bytes) { return reader.snapshot(bytes); });
    take("targets", [&](base::ByteView bytes) { return reader.targets(bytes); });
    take("root", [&](base::ByteView bytes) { return reader.root(bytes); });
    struct stat stats{};
    if (::stat((folder / "timestamp.json").c_str(), &stats) == 0)
        trusted.changed = base::from_unix_ms(static_cast<std::int64_t>(stats.st_mtime) * 1000);
    return trusted;
}

struct Overview {
    Config config;
    Seen seen;
    Running running;
    Trusted trusted;
    Waiting waiting;
    std::optional<base::TimePoint> certificate_ends;
    std::string identity_error, state_error;
    std::optional<std::string> raw_state;
};

base::Result<Overview> look(const Arguments& arguments) {
    Overview all;
    TRY_VALUE(all.config, read_config(arguments));
    const fs::path& folder = all.config.folder;
    system::SystemClock clock;
    all.seen.now = clock.now();
    all.seen.runs = agent_runs(folder);
    all.seen.standing = read_standing(folder);
    const auto held = FileStaging(download_of(all.config)).held();
    if (held.ok()) all.seen.held = *held;
    auto text = FolderKeep(folder / "state").load("state.json");
    if (!text.ok()) {
        all.state_error = text.error().text();
    } else if (*text) {
        auto state = updates::decode_state(**text);
        if (state.ok()) {
            all.seen.state = std::move(*state);
            all.raw_state = std::move(**text);
        } else {
            all.state_error = state.error().text();
        }
    }
    FileIdentity identity(folder, all.config.serial);
    if (const auto enrolled = identity.load(); enrolled.ok())
        all.certificate_ends = identity.expires();
    else
        all.identity_error = enrolled.error().text();
    all.running = what_runs(all.config, all.seen);
    all.trusted = what_is_trusted(folder / "trust");
    all.waiting = waits_for(all.seen);
    return all;
}

bool is_updated(const Config& config) {
    return config.backend.kind != BackendConfig::Kind::folders || was_provisioned(config.folder / "slots");
}

void as_json(const Overview& all) {
    std::string out;
    json::Writer writer(out);
    const auto time = [&](std::string_view name, const std::optional<base::TimePoint>& at) {
        if (at) writer.member(name, base::to_iso8601(*at));
    };
    const auto text = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) writer.member(name, value);
    };
    writer.begin_object()
        .member("server", url_of(all.config))
        .member("serial", all.config.serial)
        .member("model", all.config.model)
        .member("firmware", is_updated(all.config) ? "in slots" : "none: watched, not updated")
        .member("agent_runs", all.seen.runs)
        .member("clock", base::to_iso8601(all.seen.now));
    writer.key("runs").begin_object();
    text("version", all.running.version);
    text("slot", all.running.slot);
    text("note", all.running.note);
    if (all.seen.standing && all.seen.runs) {
        writer.member("healthy", all.seen.standing->health.healthy);
        text("detail", all.seen.standing->health.detail);
    }
    writer.end_object().key("contact").begin_object();
    if (const auto& standing = all.seen.standing) {
        time("as_of", standing->as_of);
        time("answered", standing->answered);
        time("failing_since", standing->failing_since);
        text("failure", standing->failure);
        time("next", standing->next_poll);
    }
    writer.end_object().key("waits_for").begin_object().member("what", all.waiting.what);
    text("why", all.waiting.why);
    time("until", all.waiting.until);
    writer.end_object();
    if (const auto& last = all.seen.state.last) {
        writer.key("last_update").begin_object();
        writer.member("release", last->release).member("version", last->version);
        writer.member("state", install::to_string(last->state));
        if (last->reason != install::Reason::none) writer.member("reason", install::to_string(last->reason));
        text("detail", last->detail);
        time("at", last->at);
        writer.end_object();
    }
    time("certificate_ends", all.certificate_ends);
    text("identity", all.identity_error);
    writer.key("metadata").begin_object();
    time("changed", all.trusted.changed);
    time("expires", all.trusted.expires);
    text("ends_first", all.trusted.ends_first);
    writer.end_object();
    writer.member("reports_waiting", static_cast<std::uint64_t>(all.seen.state.reports.size()));
    writer.member("receipts_waiting", static_cast<std::uint64_t>(all.seen.state.receipts.size()));
    text("state_error", all.state_error);
    writer.key("state").raw(all.raw_state ? *all.raw_state : "null").end_object();
    std::printf("%s\n", out.c_str());
}

// What came from a server or an image must not steer the terminal.
void line(const char* name, const std::string& text) {
    std::printf("%-13s %s\n", name, system::escape_for_log(text).c_str());
}

std::string contact_text(const Seen& seen) {
    if (!seen.standing) return "none yet";
    const updates::Standing& standing = *seen.standing;
    std::string text = standing.answered ? when(*standing.answered, seen.now) : "none yet";
    if (standing.failing_since)
        return text + "; failing since " + when(*standing.failing_since, seen.now) + ": " + standing.failure;
    // Written down now and then only: no failure since is what counts.
    if (seen.runs && standing.next_poll <= seen.now) text += " at least; it answers";
    if (seen.runs && standing.next_poll > seen.now)
        text += "; the next in " + span_text(standing.next_poll - seen.now);
    return text;
}

void as_text(const Overview& all) {
    const Seen& seen = all.seen;
    line("device", all.config.serial + " (" + all.config.model + ") of " + url_of(all.config));
    line("agent", seen.runs ? "runs" : "does not run");
    std::string runs = all.running.version.empty() ? "unknown" : all.running.version;
    if (!all.running.slot.empty()) runs += " in slot " + all.running.slot;
    if (!is_updated(all.config)) runs += "; watched, not updated";
    if (!all.running.note.empty()) runs += "; " + all.running.note;
    if (seen.standing && seen.runs)
        runs += seen.standing->health.healthy ? ", healthy" : ", ILL: " + seen.standing->health.detail;
    line("version", runs);
    line("last contact", contact_text(seen));
    std::string waits = all.waiting.what;
    if (all.waiting.until) waits += ", " + when(*all.waiting.until, seen.now);
    if (!all.waiting.why.empty()) waits += "; " + all.waiting.why;
    line("waits for", waits);
    std::string last = "none yet";
    if (const auto& ended = seen.state.last) {
        last = ended->release + " " + ended->version + " " + std::string(install::to_string(ended->state));
        if (ended->reason != install::Reason::none)
            last += " (" + std::string(install::to_string(ended->reason)) + ")";
        last += ", " + when(ended->at, seen.now);
        if (!ended->detail.empty()) last += ": " + ended->detail;
    }
    line("last update", last);
    if (!seen.state.reports.empty())
        line("to be told", std::to_string(seen.state.reports.size()) + " reports");
    if (!seen.state.receipts.empty())
        line(
            "receipts",
            std::to_string(seen.state.receipts.size()) +
                " of updates that were carried here; 'oakum-agent install FOLDER' writes them into a folder");
    line("certificate", all.certificate_ends ? "ends " + when(*all.certificate_ends, seen.now)
                                             : "none: " + all.identity_error);
    std::string trusted = all.trusted.changed ? "taken " + when(*all.trusted.changed, seen.now) : "none yet";
    if (all.trusted.expires)
        trusted += "; its " + all.trusted.ends_first +
                   (*all.trusted.expires > seen.now ? " ends " : " ended ") +
                   when(*all.trusted.expires, seen.now) +
                   (*all.trusted.expires > seen.now ? "" : ", and is renewed at the next update");
    line("metadata", trusted);
    line("clock", base::to_iso8601(seen.now));
    if (!all.state_error.empty()) line("state", "cannot be read: " + all.state_error);
}

} // namespace

base::Status status(const Arguments& arguments) {
    const std::string output = arguments.get("--output");
    if (!output.empty() && output != "text" && output != "json")
        return base::invalid("--output is text or json, not \"" + output + "\"");
    TRY_VALUE(const Overview all, look(arguments));
    output == "json" ? as_json(all) : as_text(all);
    return {};
}

} // namespace oakum::agent
