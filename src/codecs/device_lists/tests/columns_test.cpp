// SPDX-License-Identifier: Apache-2.0
#include "../src/synonyms.hpp"

#include <device_lists/columns.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::device_lists;

namespace {

// "Serial No.=serial ID= ..." in the order of the columns.
std::string shown(const Layout& layout) {
    std::string out;
    for (const Column& column : layout.columns)
        out += column.head + "=" + column.fact + (column.how == How::guessed ? "? " : " ");
    return out;
}
std::string guess(const std::vector<std::string>& heads, const Told& told = {}, const Told& remembered = {},
                  Persons persons = Persons::left_out) {
    const auto layout = lay_out(heads, told, remembered, persons);
    return layout.ok() ? shown(*layout) : layout.error().text();
}

} // namespace

TEST_CASE("columns are known by what others call them, in any order") {
    CHECK(guess({"IP-Address", "Serial No.", "Vendor", "Zebra"}) ==
          "IP-Address=address? Serial No.=serial? Vendor=manufacturer? Zebra= ");
    CHECK(
        guess({"Seriennummer", "Hersteller", "Modell", "Standort", "Ger\u00e4tename"}) ==
        "Seriennummer=serial? Hersteller=manufacturer? Modell=model? Standort=site? Ger\u00e4tename=name? ");
    CHECK(guess({"serial", "tag.room", "x.rack", "x.", "X.Rack"}) ==
          "serial=serial tag.room=tag.room x.rack=x.rack x.= X.Rack= ");
    // The better name wins, wherever it stands.
    CHECK(guess({"IMEI", "Serial number"}) == "IMEI=x.imei? Serial number=serial? ");
    CHECK(guess({"IMEI"}) == "IMEI=serial? ");
    CHECK(guess({"Model", "Model Identifier"}) == "Model=model Model Identifier= ");
    CHECK(guess({"Host", "Name"}) == "Host= Name=name ");
}

TEST_CASE("every synonym is folded, and stands once in the table") {
    std::vector<std::string> seen;
    for (const Synonyms& known : synonyms()) {
        std::string_view names = known.names;
        while (!names.empty()) {
            const std::string name(names.substr(0, names.find(' ')));
            names.remove_prefix(std::min(names.size(), name.size() + 1));
            CHECK_MESSAGE(folded(name) == name, name);
            CHECK_MESSAGE(rank_of(known.names, name) < 64, name);
            for (const Synonyms& person : synonyms_of_persons())
                CHECK_MESSAGE(rank_of(person.names, name) == std::string_view::npos, name);
        }
    }
}

TEST_CASE("columns about persons are left out unless they are asked for") {
    const std::vector<std::string> heads{"Serial", "User Name", "E-Mail Address",
                                         "Phone",  "Full Name", "Position"};
    const Layout without = *lay_out(heads, {}, {}, Persons::left_out);
    CHECK(shown(without) == "Serial=serial User Name= E-Mail Address= Phone= Full Name= Position= ");
    for (std::size_t i = 1; i < heads.size(); ++i)
        CHECK(without.columns[i].about_a_person);
    CHECK(guess(heads, {}, {}, Persons::wanted) ==
          "Serial=serial User Name=x.user? E-Mail Address=x.user_mail? Phone=x.user_phone? Full "
          "Name=x.user_name? "
          "Position= ");
    // Told by hand is asked for.
    CHECK(guess({"Serial", "UPN"}, {{"UPN", "x.contact"}}) == "Serial=serial UPN=x.contact ");
}

TEST_CASE("what is told by hand goes before what is remembered, and that before what is guessed") {
    CHECK(guess({"Serial", "Name"}, {{"Name", ""}}) == "Serial=serial Name= ");
    CHECK(guess({"Serial", "Name", "Other"}, {}, {{"Other", "name"}}) == "Serial=serial Name= Other=name ");
    CHECK(guess({"A", "B"}, {{"A", "serial"}}, {{"B", "serial"}, {"A", "name"}}) == "A=serial B= ");
    CHECK(guess({"A"}, {{"B", "serial"}}) == "no column is called 'B' (at columns)");
    CHECK(guess({"A", "B"}, {{"A", "serial"}, {"B", "serial"}}) ==
          "two columns cannot both be 'serial' (at columns)");
    CHECK(guess({"A"}, {{"A", "wheels"}}).starts_with("'wheels' is nothing"));
    CHECK(guess({"A"}, {{"A", "lifecycle"}}).starts_with("'lifecycle' is nothing"));
    CHECK(guess({"A"}, {{"A", "x.y) or exists(z"}}).starts_with("'x.y) or"));
    // Of another file: what fits is used.
    CHECK(guess({"Serial"}, {}, {{"Gone", "name"}}) == "Serial=serial ");
    CHECK(name_of_heads(std::vector<std::string>{"A", "b "}) ==
          name_of_heads(std::vector<std::string>{"B", "a"}));
    CHECK(name_of_heads(std::vector<std::string>{"A", "B"}) != name_of_heads(std::vector<std::string>{"AB"}));
}

TEST_CASE("the exports of Intune and of Jamf Pro are known by their heads") {
    const std::vector<std::string> intune{"Device ID",
                                          "Device name",
                                          "Enrollment date",
                                          "Last check-in",
                                          "Microsoft Entra Device ID",
                                          "OS version",
                                          "Serial number",
                                          "Manufacturer",
                                          "Model",
                                          "IMEI",
                                          "Security patch level",
                                          "Wi-Fi MAC",
                                          "Management name",
                                          "Category",
                                          "UserId",
                                          "Primary user UPN",
                                          "Primary user email address",
                                          "Primary user display name",
                                          "Compliance",
                                          "Managed by",
                                          "Ownership",
                                          "Supervised",
                                          "OS",
                                          "Phone number",
                                          "EthernetMAC"};
    const Layout layout = *lay_out(intune, {}, {}, Persons::left_out);
    CHECK(layout.name == "Microsoft Intune, all devices");
    CHECK(shown(layout) ==
          "Device ID=x.intune_id? Device name=name? Enrollment date= Last check-in= Microsoft Entra Device "
          "ID= OS "
          "version=os_version Serial number=serial? Manufacturer=manufacturer Model=model IMEI=x.imei? "
          "Security patch "
          "level=patch_level? Wi-Fi MAC=x.mac? Management name= Category=tag.category? UserId= Primary user "
          "UPN= "
          "Primary user email address= Primary user display name= Compliance= Managed by= "
          "Ownership=x.ownership? "
          "Supervised=x.supervised? OS=platform? Phone number= EthernetMAC=x.ethernet_mac? ");
    const Layout computers =
        *lay_out(std::vector<std::string>{"Computer Name", "Serial Number", "Model", "Model Identifier",
                                          "Operating System", "Operating System Version", "MAC Address",
                                          "IP Address", "Last Check-in", "Full Name", "JSS Computer ID",
                                          "UDID", "Department", "Building"},
                 {}, {}, Persons::left_out);
    CHECK(computers.name == "Jamf Pro, computers");
    CHECK(shown(computers) ==
          "Computer Name=name? Serial Number=serial? Model=x.model_name? Model Identifier=model? Operating "
          "System=platform? Operating System Version=os_version? MAC Address=x.mac? IP Address=address? Last "
          "Check-in= "
          "Full Name= JSS Computer ID=x.jamf_id? UDID=x.udid? Department=owner? Building=site? ");
    CHECK(computers.constants.at("manufacturer") == "Apple");
    const Layout mobiles =
        *lay_out(std::vector<std::string>{"Display Name", "Serial Number", "Model Identifier", "OS Version",
                                          "Wi-Fi MAC Address", "Last Inventory Update",
                                          "JSS Mobile Device ID", "Username", "Supervised"},
                 {}, {}, Persons::left_out);
    CHECK(mobiles.name == "Jamf Pro, mobile devices");
    CHECK(shown(mobiles) ==
          "Display Name=name? Serial Number=serial? Model Identifier=model? OS Version=os_version "
          "Wi-Fi MAC Address=x.mac? Last Inventory Update= JSS Mobile Device ID=x.jamf_id? Username= "
          "Supervised=x.supervised? ");
    CHECK(lay_out(std::vector<std::string>{"Device ID", "Device name", "Serial"}, {}, {}, Persons::left_out)
              ->name.empty());
}
