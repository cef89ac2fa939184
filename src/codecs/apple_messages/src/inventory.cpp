// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/inventory.hpp>

#include <device/facts.hpp>

#include <array>
#include <cmath>

namespace oakum::apple_messages {
namespace {

namespace k = device::key;

constexpr std::size_t kLongest = 512, kMostApps = 5'000;

void put(Facts& facts, std::string_view key, std::string value) {
    if (!value.empty() && value.size() <= kLongest && base::is_utf8(value))
        facts.insert_or_assign(std::string(key), std::move(value));
}
void put_truth(Facts& facts, std::string_view key, std::optional<bool> truth) {
    if (truth) put(facts, key, *truth ? "yes" : "no");
}

struct Product {
    std::string_view begins, platform, kind;
};
constexpr std::array<Product, 8> kProducts{{{"iPhone", "ios", "phone"},
                                            {"iPod", "ios", "phone"},
                                            {"iPad", "ipados", "tablet"},
                                            {"AppleTV", "tvos", "tv"},
                                            {"Watch", "watchos", "watch"},
                                            {"RealityDevice", "visionos", "headset"},
                                            {"Mac", "macos", "computer"},
                                            {"iMac", "macos", "computer"}}};

// In thousandths: 0.87 is "87".
std::string percent(double share) {
    return share >= 0 && share <= 1 ? std::to_string(std::lround(share * 100)) : std::string();
}
// Gigabytes with one decimal, as phones tell them.
std::string gigabytes(std::optional<double> size) {
    if (!size || !(*size >= 0) || *size > 1e6) return {};
    const long tenths = std::lround(*size * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

} // namespace

Facts facts_of_product(std::string_view product) {
    Facts facts;
    put(facts, k::model, std::string(product));
    put(facts, k::manufacturer, "Apple");
    for (const Product& known : kProducts)
        if (product.starts_with(known.begins)) {
            put(facts, k::platform, std::string(known.platform));
            put(facts, k::kind, std::string(known.kind));
        }
    return facts;
}

Facts facts_of_device_information(const plist::Dict& answer) {
    const plist::Dict* told = answer.dict("QueryResponses");
    if (told == nullptr) return {};
    const auto text = [told](std::string_view key) { return told->text(key).value_or(""); };
    Facts facts;
    if (const std::string product = text("ProductName"); !product.empty()) facts = facts_of_product(product);
    std::string version = text("OSVersion");
    // "16.5.1 (a)" is a version of its own: the same with a fix on top.
    if (const std::string extra = text("SupplementalOSVersionExtra"); !version.empty() && !extra.empty())
        version += " " + extra;
    put(facts, k::os_version, version);
    const std::string build = text("SupplementalBuildVersion");
    put(facts, "x.os_build", build.empty() ? text("BuildVersion") : build);
    put(facts, k::name, text("DeviceName"));
    put(facts, "x.model_name", text("ModelName"));
    put(facts, "x.udid", text("UDID"));
    put(facts, "x.mac", text("WiFiMAC"));
    put(facts, k::timezone, text("TimeZone"));
    put(facts, "x.software_update_id", text("SoftwareUpdateDeviceID"));
    put_truth(facts, "x.supervised", told->truth("IsSupervised"));
    put(facts, "x.storage_gb", gigabytes(told->number("DeviceCapacity")));
    put(facts, "x.storage_free_gb", gigabytes(told->number("AvailableDeviceCapacity")));
    if (const auto battery = told->number("BatteryLevel")) put(facts, "x.battery_percent", percent(*battery));
    return facts;
}

Facts facts_of_security_info(const plist::Dict& answer) {
    const plist::Dict* told = answer.dict("SecurityInfo");
    if (told == nullptr) return {};
    Facts facts;
    put_truth(facts, "x.passcode", told->truth("PasscodePresent"));
    put_truth(facts, "x.passcode_compliant", told->truth("PasscodeCompliant"));
    // Both its blocks and its files: 3.
    if (const auto caps = told->whole("HardwareEncryptionCaps"); caps && told->truth("PasscodePresent"))
        put_truth(facts, "x.encrypted", *caps != 0 && *told->truth("PasscodePresent"));
    if (const plist::Dict* managed = told->dict("ManagementStatus")) {
        put_truth(facts, "x.enrolled_by_organisation", managed->truth("EnrolledViaDEP"));
        put_truth(facts, "x.enrolled_by_user", managed->truth("IsUserEnrollment"));
    }
    return facts;
}

std::optional<std::vector<component::Component>> apps_of(const plist::Dict& answer) {
    const plist::Array* list = answer.array("InstalledApplicationList");
    if (list == nullptr) return std::nullopt;
    std::vector<component::Component> apps;
    for (const plist::Value& value : *list) {
        const auto* one = value.as<plist::Dict>();
        if (one == nullptr || apps.size() >= kMostApps) continue;
        component::Component app;
        app.kind = component::Kind::application;
        app.bundle_id = one->text("Identifier").value_or("");
        app.name = one->text("Name").value_or(app.bundle_id);
        app.version = one->text("ShortVersion").value_or("");
        if (app.version.empty()) app.version = one->text("Version").value_or("");
        const bool fits =
            app.name.size() <= kLongest && app.version.size() <= kLongest && app.bundle_id.size() <= kLongest;
        if (!app.name.empty() && fits) apps.push_back(std::move(app));
    }
    return apps;
}

} // namespace oakum::apple_messages
