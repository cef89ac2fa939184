// SPDX-License-Identifier: Apache-2.0
#include <backup/record.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::backup {

namespace {

constexpr std::size_t kLongestWords = 2'000;

void write(json::Writer& writer, std::string_view name, const std::optional<base::TimePoint>& at) {
    if (at) writer.member(name, base::to_iso8601(*at));
}

base::Result<std::optional<base::TimePoint>> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const auto text, value.optional_string_at(name));
    if (!text) return std::optional<base::TimePoint>();
    TRY_VALUE(const base::TimePoint at, base::parse_time(*text));
    return std::optional(at);
}

base::Result<Attempt> attempt_from(const json::Value& value) {
    Attempt attempt;
    TRY_VALUE(attempt.file, value.string_at("file"));
    TRY_VALUE(const auto began, time_at(value, "began"));
    attempt.began = began.value_or(base::TimePoint());
    TRY_VALUE(attempt.ended, time_at(value, "ended"));
    TRY_VALUE(attempt.verified, time_at(value, "verified"));
    TRY_VALUE(attempt.bytes, value.uint_at("bytes"));
    TRY_VALUE(attempt.devices, value.uint_at("devices"));
    TRY_VALUE(attempt.with_files, value.bool_at("with_files"));
    TRY_VALUE(attempt.failure, value.string_at("failure"));
    TRY_VALUE(attempt.remark, value.string_at("remark"));
    return attempt;
}

} // namespace

std::string own_name(base::TimePoint at) {
    std::string text = base::to_iso8601(at);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return std::string(kOwnPrefix) + text + ".oakum";
}

base::Result<Record> Record::parse(std::string_view text) {
    const auto read = [&]() -> base::Result<Record> {
        TRY_VALUE(const json::Value value, json::parse(text));
        TRY_VALUE(const json::Value list, value.array_at("backups", kMost));
        Record record;
        for (const json::Value& each : list.items()) {
            TRY_VALUE(Attempt attempt, attempt_from(each));
            record.attempts_.push_back(std::move(attempt));
        }
        record.sort();
        return record;
    };
    auto record = read();
    if (!record.ok()) return base::corrupt("the record of backups cannot be read: " + record.error().text());
    return record;
}

std::string Record::text() const {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("backups");
    writer.begin_array();
    for (const Attempt& attempt : attempts_) {
        writer.begin_object().member("file", attempt.file);
        write(writer, "began", attempt.began);
        write(writer, "ended", attempt.ended);
        write(writer, "verified", attempt.verified);
        writer.member("bytes", attempt.bytes)
            .member("devices", attempt.devices)
            .member("with_files", attempt.with_files)
            .member("failure", std::string_view(attempt.failure).substr(0, kLongestWords))
            .member("remark", std::string_view(attempt.remark).substr(0, kLongestWords))
            .end_object();
    }
    writer.end_array().end_object();
    return text + "\n";
}

const Attempt* Record::find(std::string_view file) const {
    const auto found = std::find_if(attempts_.begin(), attempts_.end(),
                                    [&](const Attempt& attempt) { return attempt.file == file; });
    return found == attempts_.end() ? nullptr : &*found;
}

Attempt& Record::at(std::string_view file, base::TimePoint began) {
    if (find(file) == nullptr) {
        Attempt attempt;
        attempt.file = file;
        attempt.began = began;
        attempts_.push_back(std::move(attempt));
        sort();
    }
    return *std::find_if(attempts_.begin(), attempts_.end(),
                         [&](const Attempt& attempt) { return attempt.file == file; });
}

void Record::forget(std::string_view file) {
    std::erase_if(attempts_, [&](const Attempt& attempt) { return attempt.file == file; });
}

void Record::settle(const std::vector<File>& files, base::TimePoint now) {
    std::set<std::string_view> there;
    for (const File& file : files)
        there.insert(file.name);
    for (Attempt& attempt : attempts_)
        if (!attempt.ended) {
            attempt.ended = now;
            // One that is there is whole, since it gets its name last: nobody has read it back.
            if (attempt.failure.empty() && !attempt.verified && !there.contains(attempt.file))
                attempt.failure = "the server ended before this backup did";
        }
    // One that failed has no file, and its cause is still of interest.
    std::erase_if(attempts_, [&](const Attempt& attempt) {
        return !there.contains(attempt.file) && attempt.failure.empty();
    });
    for (const File& file : files) {
        Attempt& attempt = at(file.name, file.written);
        attempt.bytes = file.bytes;
        if (!attempt.ended) attempt.ended = file.written;
    }
}

const Attempt* Record::newest_verified() const {
    const auto found = std::find_if(attempts_.begin(), attempts_.end(), [](const Attempt& attempt) {
        return attempt.verified && attempt.failure.empty();
    });
    return found == attempts_.end() ? nullptr : &*found;
}

const Attempt* Record::newest_failed() const {
    const auto newest = std::find_if(attempts_.begin(), attempts_.end(),
                                     [](const Attempt& attempt) { return attempt.ended.has_value(); });
    return newest == attempts_.end() || newest->failure.empty() ? nullptr : &*newest;
}

void Record::sort() {
    std::stable_sort(attempts_.begin(), attempts_.end(),
                     [](const Attempt& a, const Attempt& b) { return a.began > b.began; });
    // What failed long ago goes before what is there.
    while (attempts_.size() > kMost) {
        const auto failed = std::find_if(attempts_.rbegin(), attempts_.rend(),
                                         [](const Attempt& attempt) { return !attempt.failure.empty(); });
        attempts_.erase(failed == attempts_.rend() ? attempts_.end() - 1 : std::prev(failed.base()));
    }
}

} // namespace oakum::backup
