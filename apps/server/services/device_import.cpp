// SPDX-License-Identifier: Apache-2.0
#include "device_import.hpp"

#include <algorithm>
#include <array>
#include <csv/reader.hpp>
#include <set>

namespace oakum::server {
namespace {

// What people and other systems call a column, in letters and digits only. The first that fits wins.
struct Known {
    std::string_view fact, names; // names separated by spaces
};
constexpr std::array kKnown{
    Known{"serial", "serial serialnumber sn imei deviceserial"},
    Known{"name", "name devicename hostname computername"},
    Known{"kind", "kind devicetype type category"},
    Known{"manufacturer", "manufacturer make vendor"},
    Known{"model", "model modelidentifier productname modelname"},
    Known{"hw_revision", "hwrevision hardwarerevision hwrev"},
    Known{"platform", "platform os operatingsystem osplatform"},
    Known{"os_version", "osversion operatingsystemversion"},
    Known{"patch_level", "patchlevel securitypatchlevel androidsecuritypatchlevel spl"},
    Known{"firmware_version", "firmwareversion firmware fwversion firmwarerevision"},
    Known{"address", "address ip ipaddress networklocation ipv4"},
    Known{"site", "site location building plant office"},
    Known{"zone", "zone networkzone segment vlan"},
    Known{"owner", "owner team department owningteam"},
    Known{"criticality", "criticality businesscriticality importance"},
    Known{"exposure", "exposure networkexposure"},
    Known{"support_end", "supportend endofsupport eol eos"},
    Known{"cadence", "cadence updatecadence"},
    Known{"timezone", "timezone tz"},
};

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += c;
        else if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::optional<std::string> fact_of(std::string_view column, const std::set<std::string>& taken) {
    const std::string name = folded(column);
    if (name.empty()) return std::nullopt;
    for (const Known& known : kKnown) {
        const std::string words = " " + std::string(known.names) + " ";
        if (words.find(" " + name + " ") != std::string::npos && !taken.contains(std::string(known.fact)))
            return std::string(known.fact);
    }
    // "tag.room" and "x.rack" are the user's own, as they are.
    if (column.starts_with("tag.") || column.starts_with("x.")) return std::string(column);
    return std::nullopt;
}

} // namespace

base::Result<ReadCsv> read_devices(std::string_view text) {
    ReadCsv read;
    bool header = true;
    const auto refuse = [&](std::uint64_t line, std::string reason) -> base::Status {
        api::DeviceImportResult::Row row;
        row.line = line;
        row.reason = std::move(reason);
        read.refused.push_back(std::move(row));
        return {};
    };
    csv::Reader reader(
        {[&](csv::Row&& row) -> base::Status {
             if (header) {
                 header = false;
                 std::set<std::string> taken;
                 for (const std::string& column : row.fields) {
                     auto fact = fact_of(column, taken);
                     if (fact) taken.insert(*fact);
                     read.mapping.push_back({column, fact, fact && folded(column) != folded(*fact)});
                 }
                 if (!taken.contains("serial"))
                     return base::invalid("no column is the serial number; name one \"serial\"").at("line 1");
                 return {};
             }
             if (row.fields.size() > read.mapping.size())
                 return refuse(row.line, "has " + std::to_string(row.fields.size()) +
                                             " fields, the first line has " +
                                             std::to_string(read.mapping.size()));
             fleet::ImportRow out;
             out.line = row.line;
             for (std::size_t i = 0; i < row.fields.size(); ++i)
                 if (read.mapping[i].fact && !row.fields[i].empty())
                     out.facts[*read.mapping[i].fact] = std::move(row.fields[i]);
             read.rows.push_back(std::move(out));
             return {};
         },
         refuse});
    TRY(reader.feed(base::as_bytes(text)));
    TRY(reader.finish());
    if (header) return base::invalid("the file is empty");
    return read;
}

} // namespace oakum::server
