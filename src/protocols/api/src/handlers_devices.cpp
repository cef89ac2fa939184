// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <algorithm>
#include <array>
#include <device/query_fields.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

base::Result<std::string> query_of(const Call& call) {
    return text_parameter(call, "query", device::kMaxQuerySent);
}

struct SortWord {
    std::string_view word;
    DeviceSort sort;
};
constexpr std::array<SortWord, 6> kSorts{{{"risk", DeviceSort::risk},
                                          {"name", DeviceSort::name},
                                          {"last_seen", DeviceSort::last_seen},
                                          {"model", DeviceSort::model},
                                          {"site", DeviceSort::site},
                                          {"firmware_version", DeviceSort::firmware_version}}};

base::Result<std::pair<DeviceSort, Order>> sort_of(const Call& call) {
    const std::string text = call.parameter("sort");
    if (text.empty()) return std::pair(DeviceSort::risk, Order::natural);
    const Order order = text.front() == '-' ? Order::reversed : Order::natural;
    for (const SortWord& known : kSorts)
        if (known.word == std::string_view(text).substr(order == Order::reversed ? 1 : 0))
            return std::pair(known.sort, order);
    return base::invalid("devices are sorted by risk, name, last_seen, model, site or firmware_version, with "
                         "\"-\" before it "
                         "to reverse")
        .at("sort");
}

// Keys of facts with commas between them; none when the parameter is missing.
base::Result<std::vector<std::string>> keys_of(const Call& call, std::string_view parameter,
                                               std::size_t longest, std::size_t most) {
    TRY_VALUE(const std::string text, text_parameter(call, parameter, longest));
    std::vector<std::string> keys;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        const std::string_view key = rest.substr(0, comma);
        if (key.empty() || key.size() > 64 || keys.size() >= most)
            return base::invalid("it is up to " + std::to_string(most) +
                                 " keys of facts with commas between them")
                .at(std::string(parameter));
        keys.emplace_back(key);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return keys;
}

base::Result<Those> those_of(const Call& call) {
    TRY_VALUE(std::string fix, text_parameter(call, "fix", 512));
    return those_named(call.parameter("part"), std::move(fix));
}

} // namespace

void list_devices(Context& context, Call call) {
    OR_PROBLEM(query, query_of(call));
    OR_PROBLEM(those, those_of(call));
    OR_PROBLEM(facts, keys_of(call, "facts", 2'048, 32));
    OR_PROBLEM(sort, sort_of(call));
    OR_PROBLEM(page, page_parameters(call));
    context.services.devices.list(call.actor(), *query, std::move(*those), std::move(*facts), sort->first,
                                  sort->second, *page, answer_page<DevicePage>(call));
}

void get_facets(Context& context, Call call) {
    OR_PROBLEM(query, query_of(call));
    OR_PROBLEM(given, keys_of(call, "keys", 512, 16));
    std::vector<std::string> keys = std::move(*given);
    if (keys.empty())
        keys = {"kind", "manufacturer", "model",       "platform", "site",
                "zone", "owner",        "criticality", "exposure"};
    context.services.devices.facets(call.actor(), *query, std::move(keys), answer_json<Facets>(call));
}

void get_device(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    context.services.devices.get(call.actor(), *id, answer_tagged<Device>(call));
}

void update_device(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    BODY(patch, 131'072, decode_device_patch);
    context.services.devices.patch(call.actor(), *id, std::move(*patch), answer_json<Device>(call));
}

void list_device_findings(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    OR_PROBLEM(page, page_parameters(call));
    const std::string state = call.parameter("state");
    FindingFilter filter = FindingFilter::open;
    if (state == "closed")
        filter = FindingFilter::closed;
    else if (state == "all")
        filter = FindingFilter::all;
    else if (state == "unknown")
        filter = FindingFilter::unknown;
    else if (!state.empty() && state != "open")
        return call.reply.problem(base::invalid("it is one of open, closed, all, unknown").at("state"));
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    if (*as_of)
        return context.services.devices.past_findings(call.actor(), *id, filter, **as_of, *page,
                                                      answer_page<Page<Finding>>(call));
    context.services.devices.findings(call.actor(), *id, filter, *page, answer_page<Page<Finding>>(call));
}

void get_device_software(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    OR_PROBLEM(name, text_parameter(call, "name", 128));
    OR_PROBLEM(most, number_parameter<std::uint64_t>(call, "most"));
    if (*most == std::uint64_t{0})
        return call.reply.problem(base::invalid("at least one component is asked for").at("most"));
    context.services.devices.software(call.actor(), *id, {*as_of, std::move(*name), most->value_or(0)},
                                      answer_json<Software>(call));
}

void list_device_history(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    OR_PROBLEM(page, page_parameters(call));
    context.services.devices.history(call.actor(), *id, *page, answer_page<Page<DeviceEvent>>(call));
}

void list_device_deployments(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    OR_PROBLEM(page, page_parameters(call));
    context.services.devices.deployments(call.actor(), *id, *page, answer_page<Page<Deployment>>(call));
}

void explain_device(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    context.services.devices.explain(call.actor(), *id, answer_json<Explanation>(call));
}

void act_on_device(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    std::string why;
    if (!call.request.body.empty()) {
        OR_PROBLEM(json, json_body(call, kSmall));
        OR_PROBLEM(text, decode_why(*json, WhyIs::optional));
        why = std::move(*text);
    }
    // The route that was found ends in the action's word.
    const std::string_view word =
        std::string_view(call.request.path).substr(call.request.path.rfind('/') + 1);
    for (const DeviceAction action :
         {DeviceAction::accept, DeviceAction::hold, DeviceAction::release, DeviceAction::retire,
          DeviceAction::revoke, DeviceAction::update_now, DeviceAction::clear_clone})
        if (to_string(action) == word)
            return context.services.devices.act(call.actor(), *id, action, std::move(why),
                                                answer_json<DeviceActionResult>(call));
    call.reply.problem(base::bug("no action for " + call.request.path));
}

void preview_query(Context& context, Call call) {
    OR_PROBLEM(query, query_of(call));
    context.services.devices.preview(call.actor(), *query, answer_json<QueryPreview>(call));
}

void attach_sbom(Context& context, Call call) {
    OR_PROBLEM(model, text_parameter(call, "model", 128));
    OR_PROBLEM(version, text_parameter(call, "version", 128));
    OR_PROBLEM(name, text_parameter(call, "name", 255));
    SbomNew sbom;
    if (const std::string device = call.parameter("device"); !device.empty()) {
        auto id = device::DeviceId::parse(device);
        if (!id.ok()) return call.reply.problem(base::invalid("it is not an id").at("device"));
        sbom.device = *id;
    }
    if (model->empty() != version->empty())
        return call.reply.problem(base::invalid("a firmware is named by its model and its version")
                                      .at(model->empty() ? "model" : "version"));
    if (sbom.device.has_value() == !model->empty())
        return call.reply.problem(
            base::invalid(
                "an SBOM belongs to a firmware (model and version) or to a device: name one of them")
                .at("model"));
    if (!name->empty())
        if (auto valid = check_file_name(*name, 255); !valid.ok())
            return call.reply.problem(std::move(valid).error().at("name"));
    if (call.request.body.empty())
        return call.reply.problem(base::invalid("the body is missing").at("line 1, column 1"));
    sbom.document = std::move(call.request.body);
    sbom.model = std::move(*model);
    sbom.version = std::move(*version);
    sbom.name = name->empty() ? "sbom.json" : std::move(*name);
    context.services.software.attach(call.actor(), std::move(sbom), answer_json<SbomAttached>(call, 201));
}

void state_of_sbom(Context& context, Call call) {
    OR_PROBLEM(model, text_parameter(call, "model", 128));
    OR_PROBLEM(version, text_parameter(call, "version", 128));
    OR_PROBLEM(name, text_parameter(call, "name", 255));
    if (model->empty() || version->empty())
        return call.reply.problem(base::invalid("a firmware is named by its model and its version")
                                      .at(model->empty() ? "model" : "version"));
    if (!name->empty())
        if (auto valid = check_file_name(*name, 255); !valid.ok())
            return call.reply.problem(std::move(valid).error().at("name"));
    if (call.request.body.empty())
        return call.reply.problem(base::invalid("the body is missing").at("line 1, column 1"));
    SbomNew stated;
    stated.document = std::move(call.request.body);
    stated.model = std::move(*model);
    stated.version = std::move(*version);
    stated.name = name->empty() ? "statements.json" : std::move(*name);
    context.services.software.state(call.actor(), std::move(stated), answer_json<SbomAttached>(call));
}

void list_firmware(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.software.firmware(call.actor(), *page, answer_page<Page<Firmware>>(call));
}

// ---- advisories and exposure

void list_advisories(Context& context, Call call) {
    AdvisoryQuery wanted;
    OR_PROBLEM(query, query_of(call));
    OR_PROBLEM(text, text_parameter(call, "search", 256));
    OR_PROBLEM(page, page_parameters(call));
    const std::string only = call.parameter("only");
    if (only == "exploited")
        wanted.only = AdvisoryFilter::exploited;
    else if (only == "all")
        wanted.only = AdvisoryFilter::all;
    else if (!only.empty() && only != "affecting")
        return call.reply.problem(base::invalid("it is one of affecting, exploited, all").at("only"));
    wanted.search = std::move(*text);
    wanted.query = std::move(*query);
    wanted.page = *page;
    context.services.advisories.list(call.actor(), std::move(wanted), answer_page<AdvisoryPage>(call));
}

void get_advisory(Context& context, Call call) {
    OR_PROBLEM(query, query_of(call));
    const std::string& id = call.path.front();
    if (auto valid = check_advisory_id(id); !valid.ok()) return call.reply.problem(std::move(valid).error());
    context.services.advisories.get(
        call.actor(), id, *query, [reply = call.reply, id](base::Result<AdvisoryLookup> found) {
            if (!found.ok()) return reply.problem(found.error());
            if (found->advisory) return reply.json(200, to_json(*found->advisory));
            const auto& newest = found->newest_record;
            reply.not_in_data(base::not_found(not_in_our_data(id, newest)), newest);
        });
}

void get_advisory_then(Context& context, Call call) {
    const std::string& id = call.path.front();
    if (auto valid = check_advisory_id(id); !valid.ok()) return call.reply.problem(std::move(valid).error());
    OR_PROBLEM(query, query_of(call));
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    if (!*as_of) return call.reply.problem(base::invalid("the day, or the time, is missing").at("as_of"));
    context.services.advisories.then(call.actor(), id, *query, **as_of, answer_json<AdvisoryThen>(call));
}

void get_exposure(Context& context, Call call) {
    OR_PROBLEM(query, query_of(call));
    context.services.exposure.exposure(call.actor(), *query, answer_json<Exposure>(call));
}

void get_exposure_windows(Context& context, Call call) {
    OR_PROBLEM(query, query_of(call));
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    context.services.exposure.windows(call.actor(), *query, *as_of, answer_json<ExposureWindows>(call));
}

void list_holes(Context& context, Call call) {
    HoleFilter filter;
    OR_PROBLEM(query, query_of(call));
    filter.query = std::move(*query);
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    filter.as_of = *as_of;
    OR_PROBLEM(page, page_parameters(call));
    using Class = ExposureWindows::Class;
    if (const std::string word = call.parameter("class"); !word.empty()) {
        bool known = false;
        for (const Class each :
             {Class::exploited, Class::critical, Class::high, Class::medium, Class::low, Class::all})
            if (word == to_string(each)) {
                filter.of = each;
                known = true;
            }
        if (!known)
            return call.reply.problem(
                base::invalid("it is exploited, critical, high, medium, low or all").at("class"));
    }
    if (const std::string word = call.parameter("state"); !word.empty()) {
        for (const HoleFilter::State each :
             {HoleFilter::State::open, HoleFilter::State::closed, HoleFilter::State::kept,
              HoleFilter::State::kept_late, HoleFilter::State::overdue, HoleFilter::State::excepted,
              HoleFilter::State::not_due, HoleFilter::State::without_deadline})
            if (word == to_string(each)) filter.state = each;
        if (filter.state == HoleFilter::State::any)
            return call.reply.problem(base::invalid("it is open, closed, kept, kept_late, overdue, excepted, "
                                                    "not_due or without_deadline")
                                          .at("state"));
    }
    if (const std::string group = call.parameter("group"); !group.empty()) {
        auto id = device::GroupId::parse(group);
        if (!id.ok()) return call.reply.problem(base::invalid("it is not an id").at("group"));
        filter.group = *id;
    }
    context.services.exposure.holes(call.actor(), std::move(filter), *page, answer_page<Page<Hole>>(call));
}

} // namespace oakum::api
