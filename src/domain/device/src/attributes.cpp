// SPDX-License-Identifier: Apache-2.0
#include <device/attributes.hpp>

#include <base/bytes.hpp>
#include <device/facts.hpp>

#include <array>

namespace oakum::device {
namespace {

constexpr std::size_t kLongestName = 60, kLongestValue = 2048;

constexpr std::array kMeanings = {
    Meaning{"firmware_version", key::firmware_version},
    Meaning{"artifact_name", key::firmware_version},
    Meaning{"fw_version", key::firmware_version},
    Meaning{"sw_version", key::firmware_version},
    Meaning{"software_version", key::firmware_version},
    Meaning{"version", key::firmware_version},
    Meaning{"model", key::model},
    Meaning{"device_type", key::model},
    Meaning{"board", key::model},
    Meaning{"hw_revision", key::hw_revision},
    Meaning{"hardware_revision", key::hw_revision},
    Meaning{"revision", key::hw_revision},
    Meaning{"manufacturer", key::manufacturer},
    Meaning{"vendor", key::manufacturer},
    Meaning{"os_version", key::os_version},
    Meaning{"kernel", key::kernel},
};

std::string plain(std::string_view value) {
    std::string out(value.substr(0, kLongestValue));
    while (!out.empty() && !base::is_utf8(out))
        out.pop_back();
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return out;
}

} // namespace

std::string attribute_key(std::string_view attribute) {
    std::string key = "x.";
    for (const char c : attribute.substr(0, kLongestName)) {
        if (c >= 'A' && c <= 'Z')
            key += static_cast<char>(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')
            key += c;
        else
            key += '_';
    }
    return key;
}

std::span<const Meaning> attribute_meanings() {
    return kMeanings;
}

std::map<std::string, std::string> facts_of_attributes(const std::map<std::string, std::string>& attributes) {
    std::map<std::string, std::string> facts;
    for (const auto& [name, value] : attributes)
        if (std::string text = plain(value); !text.empty())
            facts.emplace(attribute_key(name), std::move(text));
    for (const Meaning& meaning : kMeanings)
        if (const auto said = facts.find("x." + std::string(meaning.attribute)); said != facts.end())
            facts.emplace(std::string(meaning.key), said->second);
    return facts;
}

} // namespace oakum::device
