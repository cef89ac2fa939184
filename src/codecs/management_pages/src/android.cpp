// SPDX-License-Identifier: Apache-2.0
#include <management_pages/android.hpp>

#include "record.hpp"

#include <device/facts.hpp>

namespace oakum::management_pages {
namespace {

namespace k = device::key;
using connector::ManagedDevice;

constexpr std::size_t kMostRecords = 5'000, kMostApps = 5'000, kLongestToken = 16'384, kLongestName = 256;

constexpr std::string_view kDeviceFields =
    "name,state,appliedState,managementMode,ownership,apiLevel,policyName,appliedPolicyName,"
    "appliedPolicyVersion,policyCompliant,lastStatusReportTime,previousDeviceNames,"
    "hardwareInfo(manufacturer,model,serialNumber),"
    "softwareInfo(androidVersion,androidBuildNumber,securityPatchLevel,systemUpdateInfo),"
    "networkInfo(imei,wifiMacAddress),securityPosture(devicePosture)";
constexpr std::string_view kAppFields =
    ",applicationReports(packageName,displayName,versionName,versionCode,state)";

// "enterprises/LC01/devices/3a": the part behind the last slash of a policy's name.
std::string last_part(const std::string& name) {
    return name.substr(name.rfind('/') + 1);
}

std::string ownership_of(const std::string& said) {
    if (said == "COMPANY_OWNED") return "company";
    if (said == "PERSONALLY_OWNED") return "personal";
    return said;
}

base::Result<std::vector<component::Component>> apps_of(const json::Value& reports) {
    std::vector<component::Component> apps;
    if (reports.size() > kMostApps) return reports.wrong("more than 5,000 apps");
    for (const json::Value& each : reports.items()) {
        if (!each.is_object()) continue;
        const Record record(each);
        component::Component app;
        app.kind = component::Kind::application;
        app.bundle_id = record.text("packageName");
        app.name = record.text("displayName");
        if (app.name.empty()) app.name = app.bundle_id;
        app.version = record.text("versionName");
        if (app.bundle_id.empty() || record.text("state") == "REMOVED") continue;
        if (app.name.size() > kLongestValue || app.version.size() > kLongestValue) continue;
        apps.push_back(std::move(app));
    }
    return apps;
}

base::Result<ManagedDevice> device_of(const json::Value& value) {
    if (!value.is_object()) return value.wrong("it is no device");
    TRY_VALUE(std::string name, value.string_at("name", kLongestName));
    if (name.empty()) return value.wrong("its name is empty");
    ManagedDevice device;
    device.id = std::move(name);
    const Record record(value);
    const auto put = [&](std::string_view key, std::string text) {
        if (!text.empty() && text.size() <= kLongestValue) device.facts[std::string(key)] = std::move(text);
    };
    put("x.amapi_device", device.id);
    put("x.managed_by", "Android Management API");
    put(k::platform, "android");
    const Record hardware = record.inner("hardwareInfo"), software = record.inner("softwareInfo"),
                 network = record.inner("networkInfo");
    put(k::manufacturer, hardware.text("manufacturer"));
    put(k::model, hardware.text("model"));
    for (const auto& [key, text] : {std::pair(k::serial, hardware.text("serialNumber")),
                                    std::pair(std::string_view("x.imei"), network.text("imei"))})
        if (!connector::is_placeholder(text)) put(key, text);
    put("x.mac", network.text("wifiMacAddress"));
    put(k::os_version, software.text("androidVersion"));
    put("x.os_build", software.text("androidBuildNumber"));
    if (std::string level = software.text("securityPatchLevel"); is_day(level))
        put(k::patch_level, std::move(level));
    put("x.update_status", software.inner("systemUpdateInfo").text("updateStatus"));
    put("x.ownership", ownership_of(record.text("ownership")));
    put("x.management_mode", record.text("managementMode"));
    put("x.management_state", record.text("state"));
    put("x.posture", record.inner("securityPosture").text("devicePosture"));
    put("x.policy", last_part(record.text("policyName")));
    put("x.applied_policy", last_part(record.text("appliedPolicyName")));
    if (const auto level = value.find("apiLevel"))
        if (const auto number = level->as_uint(10'000); number.ok())
            put("x.api_level", std::to_string(*number));
    if (const auto truth = record.truth("policyCompliant"))
        put("x.compliance", *truth ? "compliant" : "noncompliant");
    if (const auto told = base::parse_time(record.text("lastStatusReportTime"));
        told.ok() && *told > base::from_unix_ms(0))
        device.told = *told;
    if (const auto earlier = value.find("previousDeviceNames"))
        for (const json::Value& each : earlier->items())
            if (device.earlier_ids.size() < 32 && each.is_string() && each.text().size() <= kLongestName)
                device.earlier_ids.emplace_back(each.text());
    if (const auto reports = value.find("applicationReports"); reports && reports->is_array()) {
        TRY_VALUE(device.apps, apps_of(*reports));
    }
    device.personal = record.text("ownership") != "COMPANY_OWNED";
    return device.personal ? connector::minimal(std::move(device)) : device;
}

} // namespace

std::string android_device_fields(bool apps) {
    return "nextPageToken,devices(" + std::string(kDeviceFields) + (apps ? std::string(kAppFields) : "") +
           ")";
}

base::Result<connector::DevicePage> android_devices(std::string_view body) {
    TRY_VALUE(const json::Value value, json::parse(body, page_limits()));
    if (!value.is_object()) return value.wrong("it is no page");
    // An enterprise without devices answers an empty object; an error is none.
    if (const auto error = value.find("error")) return error->wrong("it is an error");
    connector::DevicePage page;
    TRY_VALUE(const auto next, value.optional_string_at("nextPageToken", kLongestToken));
    page.next = next.value_or("");
    TRY_VALUE(const auto records, value.optional_array_at("devices", kMostRecords));
    if (!records) return page;
    for (const json::Value& record : records->items()) {
        if (record.is_object() && Record(record).text("state") == "DELETED") continue;
        auto device = device_of(record);
        if (device.ok())
            page.devices.push_back(*std::move(device));
        else
            page.unread.push_back(device.error().text());
    }
    return page;
}

base::Result<ServiceAccount> service_account_of(std::string_view file) {
    json::Limits limits;
    limits.max_bytes = 16'384;
    const auto value = json::parse(file, limits);
    if (!value.ok() || !value->is_object())
        return base::invalid("it is not the JSON key file of a service account");
    ServiceAccount account;
    const auto take = [&](std::string_view name, std::string& into) -> base::Status {
        auto text = value->string_at(name, 8'192);
        if (!text.ok() || text->empty())
            return base::invalid("the key file of the service account lacks " + std::string(name));
        into = *std::move(text);
        return {};
    };
    TRY(take("client_email", account.email));
    TRY(take("private_key_id", account.key_id));
    TRY(take("private_key", account.private_key));
    return account;
}

} // namespace oakum::management_pages
