// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <charconv>
#include <json/parse.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kColumns = 32'768;
constexpr std::uint32_t kLongestWait = 60;

base::Result<DeviceImport::Dates> dates_of(const Call& call) {
    const std::string text = call.parameter("dates");
    if (text.empty()) return DeviceImport::Dates::by_the_file;
    if (text == "day_first") return DeviceImport::Dates::day_first;
    if (text == "month_first") return DeviceImport::Dates::month_first;
    return base::invalid("it is day_first or month_first").at("dates");
}

base::Result<std::uint32_t> wait_of(const Call& call) {
    const std::string text = call.parameter("wait");
    std::uint32_t seconds = DeviceImport().wait_seconds;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!text.empty() && (!whole || seconds > kLongestWait))
        return base::invalid("it is a number of seconds, at most 60").at("wait");
    return seconds;
}

// {"Head": "fact", "Other head": null}
base::Result<std::map<std::string, std::string>> columns_of(const Call& call) {
    std::map<std::string, std::string> columns;
    TRY_VALUE(const std::string text, text_parameter(call, "columns", kColumns));
    if (text.empty()) return columns;
    const auto json = json::parse(text);
    if (!json.ok() || !json->is_object() || json->size() > 256)
        return base::invalid("it is a JSON object of heads and what they mean").at("columns");
    for (const json::Value& member : json->items()) {
        if (!member.is_string() && !member.is_null())
            return base::invalid("'" + std::string(member.key().substr(0, 64)) + "' means a text or null")
                .at("columns");
        columns.emplace(member.key(), member.text());
    }
    return columns;
}

} // namespace

void import_devices(Context& context, Call call) {
    DeviceImport import;
    OR_PROBLEM(dry_run, flag_parameter(call, "dry_run"));
    OR_PROBLEM(persons, flag_parameter(call, "persons"));
    OR_PROBLEM(every, flag_parameter(call, "every_refusal"));
    OR_PROBLEM(dates, dates_of(call));
    OR_PROBLEM(columns, columns_of(call));
    OR_PROBLEM(wait, wait_of(call));
    OR_PROBLEM(name, text_parameter(call, "name", 255));
    if (!name->empty())
        if (auto valid = check_file_name(*name, 255); !valid.ok())
            return call.reply.problem(std::move(valid).error().at("name"));
    if (const std::string group = call.parameter("group"); !group.empty()) {
        auto id = device::GroupId::parse(group);
        if (!id.ok()) return call.reply.problem(base::invalid("it is not an id").at("group"));
        import.group = *id;
    }
    if (call.request.body.empty())
        return call.reply.problem(
            base::invalid("the file is empty; its first line names the columns").at("line 1"));
    import.text = std::move(call.request.body);
    import.name = name->empty() ? "import.csv" : *name;
    import.dry_run = *dry_run;
    import.with_persons = *persons;
    import.every_refusal = *every;
    import.dates = *dates;
    import.wait_seconds = *wait;
    import.columns = std::move(*columns);
    context.services.devices.import(call.actor(), std::move(import), answer_json<DeviceImportResult>(call));
}

} // namespace oakum::api
