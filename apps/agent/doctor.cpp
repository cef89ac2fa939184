// SPDX-License-Identifier: Apache-2.0
#include "doctor.hpp"

#include "backend.hpp"
#include "noticeboard.hpp"
#include "verbs.hpp"
#include "waiting.hpp"

#include <json/writer.hpp>
#include <pki/certificate.hpp>
#include <system/clock.hpp>
#include <system/file.hpp>
#include <system/log_line.hpp>
#include <updates/state.hpp>

#include <algorithm>
#include <cstdio>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

constexpr std::size_t max_pem = 64 << 10;

void as_text(const Findings& findings) {
    for (const Finding& finding : findings) {
        const char* word = finding.level == Level::well      ? "ok"
                           : finding.level == Level::warning ? "look at"
                                                             : "ILL";
        std::printf("%-7s  %-13s  %s\n", word, finding.what.c_str(),
                    system::escape_for_log(finding.sentence).c_str());
        if (!finding.remedy.empty())
            std::printf("%-7s  %-13s  -> %s\n", "", "", system::escape_for_log(finding.remedy).c_str());
    }
}

void as_json(const Findings& findings, bool ill) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("well", !ill).key("findings").begin_array();
    for (const Finding& finding : findings) {
        writer.begin_object()
            .member("level", finding.level == Level::well      ? "well"
                             : finding.level == Level::warning ? "warning"
                                                               : "ill")
            .member("what", finding.what)
            .member("sentence", finding.sentence);
        if (!finding.remedy.empty()) writer.member("remedy", finding.remedy);
        writer.end_object();
    }
    writer.end_array().end_object();
    std::printf("%s\n", out.c_str());
}

} // namespace

Findings Examination::all() {
    process();
    permissions();
    clock();
    identity();
    room();
    state();
    slots();
    programs();
    server();
    return std::move(findings_);
}

void Examination::process() {
    const bool runs = agent_runs(config_.folder);
    if (!runs)
        return add(Level::warning, "agent", "does not run on " + config_.folder.string(),
                   "systemctl start oakum-agent, or oakum-agent run");
    const auto standing = read_standing(config_.folder);
    if (!standing) return add(Level::well, "agent", "runs; it has told nothing yet");
    if (standing->health.healthy) return add(Level::well, "agent", "runs, and its last check was healthy");
    add(Level::ill, "health", standing->health.detail,
        "mend what the check says; until then updates are taken for failed");
}

void Examination::permissions() {
    const std::size_t before = findings_.size();
    struct Rule {
        const char* name;
        mode_t forbidden;
        const char* why;
    };
    // The configuration names programs that the agent runs: whoever may write it is the agent.
    for (const Rule& rule : {Rule{"", 077, "others can look into it"},
                             Rule{"identity.pem", 077, "others can read the device's key"},
                             Rule{"next-key.pem", 077, "others can read the device's next key"},
                             Rule{"agent.conf", 022, "others can change what the agent runs"},
                             Rule{"ca.pem", 022, "others can change which server is believed"},
                             Rule{"trust", 022, "others can change which updates are believed"},
                             Rule{"trust/root.json", 022, "others can change which updates are believed"},
                             Rule{"state", 022, "others can change what was installed"},
                             Rule{"slots", 022, "others can change what is started"}}) {
        const fs::path path = *rule.name == '\0' ? config_.folder : config_.folder / rule.name;
        struct stat seen{};
        if (::stat(path.c_str(), &seen) != 0) {
            if (errno == EACCES)
                add(Level::ill, "permissions", path.string() + " cannot be read by this user",
                    "run this as the user of the agent, which is root as a rule");
            continue;
        }
        const std::string mode = S_ISDIR(seen.st_mode) ? "700 " : "600 ";
        if ((seen.st_mode & rule.forbidden) != 0)
            add(Level::ill, "permissions", path.string() + ": " + rule.why, "chmod " + mode + path.string());
        struct stat folder{};
        if (::stat(config_.folder.c_str(), &folder) == 0 && seen.st_uid != folder.st_uid)
            add(Level::ill, "permissions", path.string() + " belongs to another user than its folder",
                "chown --reference=" + config_.folder.string() + " " + path.string());
    }
    if (findings_.size() == before) add(Level::well, "permissions", "only the agent's user reads its keys");
}

void Examination::clock() {
    timex kernel{};
    // Reading takes no privilege. A machine that does not know it says so with an error.
    const int answer = ::adjtimex(&kernel);
    const bool followed = answer >= 0 && answer != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
    const std::string says = "says " + base::to_iso8601(now_);
    if (clock_is_behind(now_))
        return add(Level::ill, "clock", says + ", which no clock of this version can say",
                   "set it, or start a time service such as systemd-timesyncd; until then metadata that has "
                   "expired is believed, and windows go by the server's time");
    // How right it is the server says, further down.
    add(Level::well, "clock",
        says + (followed ? ", kept by a time service" : ", not kept by a time service"));
}

void Examination::identity() {
    const fs::path file = config_.folder / "identity.pem";
    if (const auto read = identity_.load(); !read.ok())
        return add(Level::ill, "identity", file.string() + ": " + read.error().text(),
                   "enrol this device again, with the command that 'oakum enrolment create' prints");
    const auto key = pki::PrivateKey::from_pem(identity_.current().key_pem);
    const auto pair =
        key.ok() ? pki::check_pair(identity_.current().certificate_pem, *key) : base::Status(key.error());
    if (!pair.ok())
        return add(Level::ill, "identity", file.string() + ": " + pair.error().text(),
                   "enrol this device again, with the command that 'oakum enrolment create' prints");
    const auto authority = system::read_bounded(config_.folder / "ca.pem", max_pem);
    const auto ca = authority.ok() ? pki::read_certificate(*authority)
                                   : base::Result<pki::CertificateInfo>(authority.error());
    if (!ca.ok())
        return add(Level::ill, "identity", (config_.folder / "ca.pem").string() + ": " + ca.error().text(),
                   "enrol this device again: without its authority no server is believed");
    enrolled_ = true;
    const std::string until = "its certificate ends " + when(identity_.expires(), now_);
    const base::Duration life = identity_.expires() - identity_.begins();
    if (now_ >= identity_.expires())
        add(Level::ill, "identity", "its certificate ended " + when(identity_.expires(), now_),
            "set the clock if it is wrong; else enrol this device again with a new token");
    else if (now_ > identity_.begins() + life * 5 / 6)
        add(Level::warning, "identity", until + "; its renewal is late",
            "see the log of the agent for why: it is renewed at the first contact in the last third of its "
            "life");
    else
        add(Level::well, "identity", until);
}

void Examination::room() {
    const fs::path folder = download_of(config_).parent_path();
    const auto space = free_space(folder);
    if (!space.ok())
        return add(Level::ill, "room", space.error().text(), "start the agent once: it makes its folders");
    const std::uint64_t spare = config_.settings.spare_bytes;
    const std::string sentence = bytes_text(*space) + " free for downloads, of which " + bytes_text(spare) +
                                 " stay free (spare_bytes)";
    if (*space <= spare)
        add(Level::ill, "room", sentence, "make room on the file system of " + folder.string());
    else
        add(Level::well, "room", sentence);
}

void Examination::state() {
    const auto text = FolderKeep(config_.folder / "state").load("state.json");
    if (!text.ok())
        return add(Level::ill, "state", text.error().text(), "look at the medium: it may be failing");
    if (!*text) return add(Level::well, "state", "none yet: nothing was ever asked of this device");
    const auto state = updates::decode_state(**text);
    if (!state.ok())
        return add(Level::warning, "state", "state.json: " + state.error().text(),
                   "nothing: the agent begins with a new one, and what is in the slots is known elsewhere");
    std::string sentence = "phase " + std::string(install::to_string(state->phase)) + ", " +
                           std::to_string(state->reports.size()) + " reports to be told";
    const auto& last = state->last;
    const bool failed =
        last && (last->state == install::State::failed || last->state == install::State::rolled_back);
    if (!failed) return add(Level::well, "state", std::move(sentence));
    add(Level::warning, "state",
        sentence + "; the last update, " + last->release + " " + last->version + ", ended as " +
            std::string(install::to_string(last->state)) + " (" +
            std::string(install::to_string(last->reason)) + "): " + last->detail,
        "what failed is tried again as the rollout's attempts allow: 'oakum device show' says so");
}

base::Result<int> doctor(const Arguments& arguments) {
    const std::string output = arguments.get("--output");
    if (!output.empty() && output != "text" && output != "json")
        return base::invalid("--output is text or json, not \"" + output + "\"");
    system::SystemClock system_clock;
    Findings findings;
    const auto config = read_config(arguments);
    if (config.ok()) {
        findings = Examination(*config, system_clock.now()).all();
        findings.insert(findings.begin(), {Level::well, "configuration", "is understood", ""});
    } else {
        const bool missing = config.error().kind == base::ErrorKind::not_found;
        findings.push_back({Level::ill, "configuration", config.error().text(),
                            missing ? "" : "mend that line; the keys are in the agent's README"});
    }
    const bool ill = std::ranges::any_of(findings, [](const Finding& f) { return f.level == Level::ill; });
    output == "json" ? as_json(findings, ill) : as_text(findings);
    return ill ? 1 : 0;
}

} // namespace oakum::agent
