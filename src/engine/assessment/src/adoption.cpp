// SPDX-License-Identifier: Apache-2.0
#include <assessment/adoption.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <map>

namespace oakum::assessment {

using Model = AdoptionDay::Model;
using Version = AdoptionDay::Version;

namespace {

base::Result<Version> read_version(const json::Value& value) {
    Version version;
    TRY_VALUE(version.version, value.string_at("version", 4096));
    TRY_VALUE(version.devices, value.uint_at("devices"));
    return version;
}

base::Result<Model> read_model(const json::Value& value) {
    Model model;
    TRY_VALUE(model.model, value.string_at("model", 4096));
    for (const auto& [name, into] :
         {std::pair{"devices", &model.devices}, std::pair{"unknown", &model.unknown},
          std::pair{"others", &model.others}}) {
        TRY_VALUE(*into, value.uint_at(name));
    }
    TRY_VALUE(const json::Value versions, value.array_at("versions"));
    for (const json::Value& each : versions.items()) {
        TRY_VALUE(Version version, read_version(each));
        model.versions.push_back(std::move(version));
    }
    return model;
}

std::optional<base::TimePoint> day_in(std::string_view document) {
    if (!document.starts_with(kAdoption)) return std::nullopt;
    const auto day = base::parse_time(document.substr(kAdoption.size()));
    return day.ok() ? std::optional(*day) : std::nullopt;
}

template <class Visit>
void each_day(const shard::ControlTables& control, device::TenantId tenant, Visit visit) {
    for (const auto& document : control.list<ports::DocumentRow>(tenant))
        if (const auto day = day_in(document->name)) visit(*day, *document);
}

} // namespace

std::optional<Model> model_on(const AdoptionDay& day, const std::string& model) {
    const auto found = std::ranges::find(day.models, model, &Model::model);
    if (found != day.models.end()) return *found;
    if (day.models.size() >= kMostModels) return std::nullopt;
    Model none;
    none.model = model;
    return none;
}

std::vector<Model> adoption_of(const std::vector<VersionCount>& counted) {
    std::map<std::string, std::map<std::string, std::uint64_t>> sums;
    for (const VersionCount& each : counted)
        sums[each.model][each.version] += each.devices;
    std::vector<Model> models;
    for (const auto& [name, versions] : sums) {
        Model& model = models.emplace_back();
        model.model = name;
        for (const auto& [version, devices] : versions) {
            model.devices += devices;
            if (version.empty())
                model.unknown = devices;
            else
                model.versions.push_back({version, devices});
        }
        std::ranges::stable_sort(model.versions, std::ranges::greater(), &Version::devices);
        for (std::size_t i = kMostVersions; i < model.versions.size(); ++i)
            model.others += model.versions[i].devices;
        model.versions.resize(std::min(model.versions.size(), kMostVersions));
    }
    std::ranges::stable_sort(models, std::ranges::greater(), &Model::devices);
    models.resize(std::min(models.size(), kMostModels));
    return models;
}

std::string text_of(const std::vector<Model>& models) {
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const Model& model : models) {
        writer.begin_object()
            .member("model", model.model)
            .member("devices", static_cast<std::int64_t>(model.devices))
            .member("unknown", static_cast<std::int64_t>(model.unknown))
            .member("others", static_cast<std::int64_t>(model.others));
        writer.key("versions").begin_array();
        for (const Version& version : model.versions)
            writer.begin_object()
                .member("version", version.version)
                .member("devices", static_cast<std::int64_t>(version.devices))
                .end_object();
        writer.end_array().end_object();
    }
    writer.end_array();
    return text;
}

base::Result<std::vector<Model>> read_adoption(std::string_view text) {
    const auto parsed = json::parse(text, {.max_bytes = 4 << 20, .max_depth = 8, .max_values = 100'000});
    if (!parsed.ok() || !parsed->is_array()) return base::corrupt("it is not the adoption of a day");
    std::vector<Model> models;
    for (const json::Value& each : parsed->items()) {
        auto model = read_model(each);
        if (!model.ok()) return base::corrupt("it is not the adoption of a day: " + model.error().message);
        models.push_back(*std::move(model));
    }
    return models;
}

std::string adoption_document(base::TimePoint day) {
    return std::string(kAdoption) + base::to_date(day);
}

std::vector<AdoptionDay> adoption(const shard::ControlTables& control, device::TenantId tenant,
                                  base::TimePoint from, base::TimePoint to) {
    std::vector<AdoptionDay> days;
    each_day(control, tenant, [&](base::TimePoint day, const ports::DocumentRow& document) {
        if (day < from || day > to) return;
        // One that cannot be read is a day of which nothing is known.
        if (auto models = read_adoption(document.body); models.ok())
            days.push_back({day, *std::move(models)});
    });
    std::ranges::sort(days, std::ranges::less(), &AdoptionDay::day);
    return days;
}

std::optional<AdoptionDay> last_adoption(const shard::ControlTables& control, device::TenantId tenant) {
    std::optional<base::TimePoint> newest;
    each_day(control, tenant,
             [&](base::TimePoint day, const ports::DocumentRow&) { newest = std::max(newest, {day}); });
    if (!newest) return std::nullopt;
    auto days = adoption(control, tenant, *newest, *newest);
    return days.empty() ? std::nullopt : std::optional(std::move(days.front()));
}

std::vector<std::string> adoption_before(const shard::ControlTables& control, device::TenantId tenant,
                                         base::TimePoint day) {
    std::vector<std::string> names;
    each_day(control, tenant, [&](base::TimePoint of, const ports::DocumentRow& document) {
        if (of < day) names.push_back(document.name);
    });
    return names;
}

} // namespace oakum::assessment
