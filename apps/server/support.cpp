// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include "doctor.hpp"

#include <backup/record.hpp>
#include <json/writer.hpp>
#include <sqlite/schema.hpp>
#include <sqlite/survey.hpp>
#include <system/file.hpp>

#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

namespace oakum::server {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLeftOut = "[left out]"; // as system::for_strangers says it
constexpr std::string_view kAbout =
    R"(For somebody who helps with this server. It was made by "oakum support bundle" or "oakumd support-bundle".

versions.json       what runs here, and on what
configuration.json  options and settings; of a setting that is no number only its length
doctor.txt          what "oakumd doctor" finds
store.json          migrations, and how many rows each table has
feeds.json          advisory sources: when, how many
backups.json        what became of the newest backups, without the names that people gave
metrics.txt         of a running server: what /metrics says
jobs.txt            of a running server: kinds, states and times of long work
log.txt             of a running server: the newest lines; what outsiders cause is reduced to an id and a status,
                    quoted text, addresses and long words are left out

Not in it: keys, tokens, passwords, names of people, and names, serials, addresses and other facts of devices.
Read it before you pass it on.
)";

std::string first_of(const char* file, std::string_view name) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name)) {
            line.erase(0, name.size());
            std::erase(line, '"');
            return line.substr(
                line.find_first_not_of(" :=\t") == std::string::npos ? 0 : line.find_first_not_of(" :=\t"));
        }
    return "";
}

std::string versions(const std::string& version, base::TimePoint now) {
    utsname machine{};
    ::uname(&machine);
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("made", base::to_iso8601(now))
        .member("oakumd", version)
        .member("schema_newest", std::int64_t{sqlite::kNewestSchema})
        .member("system", first_of("/etc/os-release", "PRETTY_NAME"))
        .member("kernel", std::string_view(machine.release))
        .member("architecture", std::string_view(machine.machine))
        .member("processors", std::uint64_t{std::thread::hardware_concurrency()})
        .member("memory", first_of("/proc/meminfo", "MemTotal"))
        .end_object();
    return text + "\n";
}

std::string configuration(const fs::path& data, const sqlite::Survey* survey, const Running* running) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("data", data.string());
    if (running != nullptr) {
        const Options& options = running->options;
        writer.member("host", options.host)
            .member("port", std::uint64_t{options.port})
            .member("further_names", std::uint64_t{options.names.size()})
            .member("web", options.web.string())
            .member("approval_by_another", options.approval_by_another)
            .member("private_channels", options.private_channels)
            .member("private_sources", options.private_sources)
            .member("proxy", !options.proxy.empty())
            .member("identity_provider", !options.provider.empty())
            .member("io_threads", std::uint64_t{options.io_threads});
    }
    writer.key("settings").begin_object();
    if (survey != nullptr)
        for (const auto& [name, value] : survey->settings)
            writer.member(name, value);
    writer.end_object().end_object();
    return text + "\n";
}

std::string store(const sqlite::Survey& survey) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("sqlite", survey.library).key("migrations").begin_array();
    for (const auto& migration : survey.migrations)
        writer.begin_object()
            .member("name", migration.name)
            .member("applied", base::to_iso8601(migration.applied))
            .end_object();
    writer.end_array().member("most_that_are_counted", sqlite::Survey::kMost).key("rows").begin_object();
    for (const auto& [table, rows] : survey.rows)
        writer.member(table, rows);
    writer.end_object().end_object();
    return text + "\n";
}

std::string feeds(const sqlite::Survey& survey) {
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const auto& feed : survey.feeds)
        writer.begin_object()
            .member("name", feed.name)
            .member("imported", base::to_iso8601(feed.imported))
            .member("newest", base::to_iso8601(feed.newest))
            .member("accepted", feed.accepted)
            .member("rejected", feed.rejected)
            .end_object();
    writer.end_array();
    return text + "\n";
}

backup::Record record_of(const fs::path& data) {
    const auto read =
        system::read_bounded(data / "backups" / backup::Record::kFile, backup::Record::kLongest);
    auto record = read.ok() ? backup::Record::parse(*read) : base::Result<backup::Record>(read.error());
    return record.ok() ? std::move(*record) : backup::Record();
}

std::string backups(const backup::Record& record) {
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const backup::Attempt& attempt : record.attempts())
        writer.begin_object()
            .member("by_server", backup::is_own(attempt))
            .member("began", base::to_iso8601(attempt.began))
            .member("verified", attempt.verified ? base::to_iso8601(*attempt.verified) : "")
            .member("bytes", attempt.bytes)
            .member("with_files", attempt.with_files)
            .member("failed", !attempt.failure.empty())
            .end_object();
    writer.end_array();
    return text + "\n";
}

bool is_of_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

// People name backups after people and things. Whole words only, each looked at once: a backup may be called
// "out".
std::string without_names(std::string_view text, const backup::Record& record) {
    std::set<std::string_view> names;
    for (const backup::Attempt& attempt : record.attempts())
        if (!backup::is_own(attempt)) names.insert(attempt.file);
    std::string out;
    while (!text.empty()) {
        std::size_t length = 0;
        while (length < text.size() && is_of_name(text[length]))
            ++length;
        if (length == 0) {
            length = text.starts_with(kLeftOut) ? kLeftOut.size() : 1;
            out += text.substr(0, length);
            text.remove_prefix(length);
            continue;
        }
        std::string_view word = text.substr(0, length);
        text.remove_prefix(length);
        // What is made on the way has a dot before the name and another ending after it.
        const std::size_t dots = std::min(word.find_first_not_of('.'), word.size());
        out += word.substr(0, dots);
        word.remove_prefix(dots);
        for (std::size_t end = word.size(); end > 0 && end != std::string_view::npos;
             end = word.rfind('.', end - 1))
            if (names.contains(word.substr(0, end))) {
                out += kLeftOut;
                word.remove_prefix(end);
                break;
            }
        out += word;
    }
    return out;
}

std::string findings(const fs::path& data, base::TimePoint now, const backup::Record& record) {
    std::string text;
    for (const Finding& finding : examine(data, now))
        text += to_line(finding);
    return without_names(text, record);
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line;
    return text;
}

} // namespace

std::vector<tar::Entry> support_files(const fs::path& data, const std::string& version, base::TimePoint now,
                                      const Running* running) {
    sqlite::StoreOptions options;
    options.file = data / "oakum.db";
    const auto survey = sqlite::survey(options);
    const sqlite::Survey* seen = survey.ok() ? &*survey : nullptr;
    const backup::Record record = record_of(data);
    const std::string unread = seen == nullptr ? survey.error().text() + "\n" : "";
    std::vector<tar::Entry> files{{"README.txt", std::string(kAbout)},
                                  {"versions.json", versions(version, now)},
                                  {"configuration.json", configuration(data, seen, running)},
                                  {"doctor.txt", findings(data, now, record)},
                                  {"store.json", seen != nullptr ? store(*seen) : unread},
                                  {"feeds.json", seen != nullptr ? feeds(*seen) : unread},
                                  {"backups.json", backups(record)}};
    if (running != nullptr) {
        files.push_back({"metrics.txt", running->metrics});
        files.push_back({"jobs.txt", joined(running->jobs)});
        files.push_back({"log.txt", without_names(joined(running->log), record)});
    }
    return files;
}

} // namespace oakum::server
