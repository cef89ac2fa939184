// SPDX-License-Identifier: Apache-2.0
#include <intake_files/record_json.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::intake_files {
namespace {

using base::Result;
using intake::Decision;
using intake::Line;
using intake::Override;
using intake::Record;
using json::Value;

constexpr std::size_t kMostAdvisories = 100'000;

Result<base::TimePoint> time_at(const Value& value, std::string_view name) {
    TRY_VALUE(const std::string text, value.string_at(name, 40));
    return base::parse_time(text);
}

Result<base::Digest256> digest_at(const Value& value, std::string_view name) {
    TRY_VALUE(const std::string text, value.string_at(name, 64));
    return base::Digest256::parse(text);
}

template <class Deed> base::Status read_deed(const Value& value, Deed& deed) {
    TRY_VALUE(deed.by, value.string_at("by", 1024));
    TRY_VALUE(deed.why, value.string_at("why", 2 * intake::kLongestWhy));
    TRY_VALUE(deed.at, time_at(value, "at"));
    TRY_VALUE(deed.content, digest_at(value, "content"));
    return {};
}

template <class Deed> void write_deed(json::Writer& writer, const Deed& deed) {
    writer.member("by", deed.by)
        .member("why", deed.why)
        .member("at", base::to_iso8601(deed.at))
        .member("content", deed.content.hex());
}

Result<std::vector<std::string>> texts_at(const Value& value, std::string_view name, std::size_t most) {
    std::vector<std::string> texts;
    TRY_VALUE(const Value list, value.array_at(name, most));
    for (const Value& each : list.items()) {
        TRY_VALUE(std::string text, each.as_string(1024));
        texts.push_back(std::move(text));
    }
    return texts;
}

void write_texts(json::Writer& writer, std::string_view name, const std::vector<std::string>& texts) {
    writer.key(name).begin_array();
    for (const std::string& text : texts)
        writer.value(text);
    writer.end_array();
}

Result<intake::Check> check_of(const Value& value) {
    TRY_VALUE(const std::string name, value.string_at("check", 32));
    return intake::parse_check(name);
}

Result<Override> read_override(const Value& value) {
    Override one;
    TRY_VALUE(one.check, check_of(value));
    TRY(read_deed(value, one));
    TRY_VALUE(one.about, texts_at(value, "about", kMostAdvisories));
    return one;
}

Result<Line> read_line(const Value& value) {
    Line line;
    TRY_VALUE(line.check, check_of(value));
    TRY_VALUE(const std::string verdict, value.string_at("verdict", 32));
    TRY_VALUE(line.verdict, intake::parse_verdict(verdict));
    TRY_VALUE(line.evidence, value.string_at("evidence"));
    return line;
}

Result<intake::Grounds> read_grounds(const Value& value) {
    intake::Grounds grounds;
    TRY_VALUE(grounds.policy, digest_at(value, "policy"));
    TRY_VALUE(const Value list, value.array_at("statements", intake::kMostAttachments));
    for (const Value& each : list.items()) {
        intake::Grounds::Statement statement;
        TRY_VALUE(statement.name, each.string_at("name", 1024));
        TRY_VALUE(statement.sha256, digest_at(each, "sha256"));
        grounds.statements.push_back(std::move(statement));
    }
    return grounds;
}

void write_grounds(json::Writer& writer, const intake::Grounds& grounds) {
    writer.key("grounds").begin_object().member("policy", grounds.policy.hex());
    writer.key("statements").begin_array();
    for (const intake::Grounds::Statement& each : grounds.statements)
        writer.begin_object().member("name", each.name).member("sha256", each.sha256.hex()).end_object();
    writer.end_array().end_object();
}

} // namespace

Result<Record> read_record(std::string_view text) {
    Record record;
    if (text.empty()) return record;
    TRY_VALUE(const Value value, json::parse(text));
    TRY_VALUE(record.makers, texts_at(value, "makers", intake::kMostMakers));
    TRY_VALUE(const auto decision, value.optional_object_at("decision"));
    if (decision) {
        Decision made;
        TRY_VALUE(made.approved, decision->bool_at("approved"));
        TRY(read_deed(*decision, made));
        record.decision = std::move(made);
    }
    TRY_VALUE(const Value overrides, value.array_at("overrides", intake::kCheckCount));
    for (const Value& each : overrides.items()) {
        TRY_VALUE(Override one, read_override(each));
        record.overrides.push_back(std::move(one));
    }
    if (value.find("published")) {
        TRY_VALUE(record.published, time_at(value, "published"));
    }
    TRY_VALUE(const Value lines, value.array_at("lines", intake::kCheckCount));
    for (const Value& each : lines.items()) {
        TRY_VALUE(Line line, read_line(each));
        record.lines.push_back(std::move(line));
    }
    TRY_VALUE(const auto grounds, value.optional_object_at("grounds"));
    if (grounds) {
        TRY_VALUE(record.grounds, read_grounds(*grounds));
    }
    return record;
}

std::string write_record(const Record& record) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    write_texts(writer, "makers", record.makers);
    if (record.decision) {
        writer.key("decision").begin_object().member("approved", record.decision->approved);
        write_deed(writer, *record.decision);
        writer.end_object();
    }
    writer.key("overrides").begin_array();
    for (const Override& one : record.overrides) {
        writer.begin_object().member("check", intake::to_string(one.check));
        write_deed(writer, one);
        write_texts(writer, "about", one.about);
        writer.end_object();
    }
    writer.end_array();
    if (record.published) writer.member("published", base::to_iso8601(*record.published));
    writer.key("lines").begin_array();
    for (const Line& line : record.lines)
        writer.begin_object()
            .member("check", intake::to_string(line.check))
            .member("verdict", intake::to_string(line.verdict))
            .member("evidence", line.evidence)
            .end_object();
    writer.end_array();
    if (record.grounds) write_grounds(writer, *record.grounds);
    writer.end_object();
    return text;
}

Result<std::vector<intake::Attachment>> read_attachments(std::string_view text) {
    std::vector<intake::Attachment> attachments;
    if (text.empty()) return attachments;
    json::Limits limits;
    limits.max_bytes = 8 * intake::kLargestAttachments; // every byte may be written as six
    TRY_VALUE(const Value value, json::parse(text, limits));
    TRY_VALUE(const Value list, value.array_at("attachments", intake::kMostAttachments));
    for (const Value& each : list.items()) {
        intake::Attachment one;
        TRY_VALUE(one.name, each.string_at("name", 256));
        TRY_VALUE(one.by, each.string_at("by", 1024));
        TRY_VALUE(one.at, time_at(each, "at"));
        TRY_VALUE(one.text, each.string_at("text", intake::kLargestAttachments));
        attachments.push_back(std::move(one));
    }
    return attachments;
}

std::string write_attachments(const std::vector<intake::Attachment>& attachments) {
    if (attachments.empty()) return "";
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("attachments").begin_array();
    for (const intake::Attachment& one : attachments)
        writer.begin_object()
            .member("name", one.name)
            .member("by", one.by)
            .member("at", base::to_iso8601(one.at))
            .member("text", one.text)
            .end_object();
    writer.end_array().end_object();
    return text;
}

} // namespace oakum::intake_files
