// SPDX-License-Identifier: Apache-2.0
#include <management_pages/intune.hpp>

#include "record.hpp"

#include <device/facts.hpp>

namespace oakum::management_pages {
namespace {

namespace k = device::key;
using connector::ManagedDevice;

constexpr std::size_t kMostRecords = 5'000, kLongestLink = 16'384, kLongestId = 128;

constexpr std::string_view kProperties =
    "id,deviceName,serialNumber,imei,udid,wiFiMacAddress,manufacturer,model,operatingSystem,osVersion,"
    "androidSecurityPatchLevel,isSupervised,managedDeviceOwnerType,managementState,complianceState,"
    "isEncrypted,jailBroken,lastSyncDateTime,deviceCategoryDisplayName";

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// What Graph calls a system, as ours are called; a new one stays as it is.
std::string platform_of(std::string_view said, std::string_view model) {
    std::string name = lower(said);
    if (name.starts_with("android")) return "android"; // AndroidForWork, AndroidEnterprise
    if (name == "ios" && model.starts_with("iPad")) return "ipados";
    if (name == "mac os x" || name == "macmdm") return "macos";
    return name;
}

std::string kind_of(std::string_view model) {
    for (const auto& [begins, kind] : {std::pair("iPhone", "phone"), std::pair("iPad", "tablet"),
                                       std::pair("iPod", "phone"), std::pair("Apple TV", "tv")})
        if (model.starts_with(begins)) return kind;
    return {};
}

// "26.3 (23D127)": the version and the build. "16.5.1 (a)" is a version as a whole.
void put_version(ManagedDevice& device, std::string_view said) {
    const std::size_t open = said.find(" (");
    const bool build = open != std::string_view::npos && said.ends_with(')') && said.size() - open > 4;
    device.facts[std::string(k::os_version)] = std::string(build ? said.substr(0, open) : said);
    if (build) device.facts["x.os_build"] = std::string(said.substr(open + 2, said.size() - open - 3));
}

base::Result<ManagedDevice> device_of(const json::Value& value) {
    if (!value.is_object()) return value.wrong("it is no device");
    TRY_VALUE(std::string id, value.string_at("id", kLongestId));
    if (id.empty()) return value.wrong("its id is empty");
    ManagedDevice device;
    device.id = std::move(id);
    const Record record(value);
    const auto put = [&](std::string_view key, std::string text) {
        if (!text.empty() && text.size() <= kLongestValue) device.facts[std::string(key)] = std::move(text);
    };
    put("x.intune_id", device.id);
    put("x.managed_by", "Microsoft Intune");
    put(k::name, record.text("deviceName"));
    for (const auto& [key, name] :
         {std::pair(k::serial, "serialNumber"), std::pair(std::string_view("x.imei"), "imei"),
          std::pair(std::string_view("x.udid"), "udid")})
        if (std::string text = record.text(name); !connector::is_placeholder(text)) put(key, std::move(text));
    put("x.mac", record.text("wiFiMacAddress"));
    put(k::manufacturer, record.text("manufacturer"));
    const std::string model = record.text("model");
    put(k::model, model);
    put(k::kind, kind_of(model));
    put(k::platform, platform_of(record.text("operatingSystem"), model));
    if (const std::string version = record.text("osVersion"); !version.empty() && version != "0.0.0")
        put_version(device, std::string_view(version).substr(0, 128));
    if (std::string level = record.text("androidSecurityPatchLevel"); is_day(level))
        put(k::patch_level, std::move(level));
    put("x.ownership", record.text("managedDeviceOwnerType"));
    put("x.management_state", record.text("managementState"));
    put("x.compliance", record.text("complianceState"));
    put("x.jailbroken", lower(record.text("jailBroken")));
    put("tag.category", record.text("deviceCategoryDisplayName"));
    for (const auto& [key, name] :
         {std::pair("x.supervised", "isSupervised"), std::pair("x.encrypted", "isEncrypted")})
        if (const auto truth = record.truth(name)) put(key, *truth ? "yes" : "no");
    if (const auto told = base::parse_time(record.text("lastSyncDateTime"));
        told.ok() && *told > base::from_unix_ms(0))
        device.told = *told;
    // Of whom it is is a word; one that is not known is no proof that it is the company's.
    device.personal = record.text("managedDeviceOwnerType") != "company";
    return device.personal ? connector::minimal(std::move(device)) : device;
}

base::Result<json::Value> records_of(const json::Value& page) {
    return page.array_at("value", kMostRecords);
}

base::Result<std::string> next_of(const json::Value& page) {
    TRY_VALUE(auto next, page.optional_string_at("@odata.nextLink", kLongestLink));
    return next.value_or("");
}

// Platforms of detectedAppPlatformType that are phones and tablets.
bool is_mobile(std::string_view platform) {
    return platform == "ios" || platform.starts_with("android");
}

} // namespace

std::string_view intune_device_properties() {
    return kProperties;
}

base::Result<connector::DevicePage> intune_devices(std::string_view body) {
    TRY_VALUE(const json::Value value, json::parse(body, page_limits()));
    TRY_VALUE(const json::Value records, records_of(value));
    connector::DevicePage page;
    TRY_VALUE(page.next, next_of(value));
    for (const json::Value& record : records.items()) {
        auto device = device_of(record);
        if (device.ok())
            page.devices.push_back(*std::move(device));
        else
            page.unread.push_back(device.error().text());
    }
    return page;
}

base::Result<DetectedApps> intune_apps(std::string_view body) {
    TRY_VALUE(const json::Value value, json::parse(body, page_limits()));
    TRY_VALUE(const json::Value records, records_of(value));
    DetectedApps page;
    TRY_VALUE(page.next, next_of(value));
    for (const json::Value& each : records.items()) {
        if (!each.is_object()) continue;
        const Record record(each);
        DetectedApp app;
        app.id = record.text("id");
        app.app.kind = component::Kind::application;
        app.app.name = record.text("displayName");
        app.app.version = record.text("version");
        if (app.id.empty() || app.id.size() > kLongestId || app.app.name.empty() ||
            app.app.name.size() > kLongestValue || app.app.version.size() > kLongestValue ||
            !is_mobile(record.text("platform")))
            continue;
        page.apps.push_back(std::move(app));
    }
    return page;
}

base::Result<DeviceIds> intune_device_ids(std::string_view body) {
    TRY_VALUE(const json::Value value, json::parse(body, page_limits()));
    TRY_VALUE(const json::Value records, records_of(value));
    DeviceIds page;
    TRY_VALUE(page.next, next_of(value));
    for (const json::Value& record : records.items())
        if (auto id = record.string_at("id", kLongestId); id.ok() && !id->empty())
            page.ids.push_back(*std::move(id));
    return page;
}

} // namespace oakum::management_pages
