// SPDX-License-Identifier: Apache-2.0
#include "told.hpp"

using namespace oakum;
using namespace oakum::device_lists;

namespace {

std::string read(std::string_view text) {
    return told(text, [](const Record& record) {
        std::string out;
        for (const char* fact : {"address", "x.mac", "name", "x.seen_at"})
            if (const auto at = record.facts.find(fact); at != record.facts.end())
                out += (out.empty() ? "" : " ") + at->second;
        return out;
    });
}

} // namespace

TEST_CASE("leases of dnsmasq") {
    CHECK(read("1794567890 00:11:22:33:44:55 10.0.0.5 cam 01:00:11:22:33:44:55\n"
               "0 01-00:11:22:33:44:66 10.0.0.6 * *\n"
               "x\n"
               "duid 00:01:00:01:2c:aa\n"
               "1794567890 43690 fd00::5 cam 00:01\n") ==
          "1[10.0.0.5 00:11:22:33:44:55 cam] 2[10.0.0.6 00:11:22:33:44:66] !3(it is no lease of dnsmasq) # 1 "
          "leases of "
          "IPv6 name no MAC address and are passed over.");
}

TEST_CASE("of a file that is no lease file behind its front, some lines are named and all are counted") {
    std::string text = "1794567890 00:11:22:33:44:55 10.0.0.5 cam *\n";
    for (int i = 0; i < 10'003; ++i)
        text += "x\n";
    const auto file = open(text, {});
    REQUIRE(file.ok());
    const auto piece = (*file)->next(20'000);
    REQUIRE(piece.ok());
    CHECK(piece->records.size() == 1);
    CHECK(piece->refused.size() == 10'000);
    CHECK((*file)->notes() == std::vector<std::string>{"3 more lines cannot be read and are not named."});
}

TEST_CASE("leases of ISC dhcpd: a log of which the newest holds") {
    CHECK(read("# comment\nauthoring-byte-order little-endian;\n"
               "lease 10.0.0.5 {\n  starts 4 2026/11/05 10:00:00;\n  ends never;\n  binding state active;\n"
               "  hardware ethernet 00:11:22:33:44:55;\n  uid \"\\001\\000\\\"}\";\n  client-hostname "
               "\"old\";\n}\n"
               "lease 10.0.0.6 {\n  cltt epoch 1793872800; # Thu\n  binding state abandoned;\n"
               "  hardware ethernet 00:11:22:33:44:77;\n}\n"
               "failover peer \"x\" state {\n  my state normal at 4 2026/11/05 10:00:00;\n}\n"
               "lease 10.0.0.5 {\n  starts 5 2026/11/06 10:00:00;\n  cltt 5 2026/11/06 10:05:00;\n  binding "
               "state active;\n"
               "  hardware ethernet 00:11:22:33:44:55;\n  client-hostname \"new\";\n}\n"
               "lease 10.0.0.9 {\n  binding state free;\n}\n"
               "lease 10.0.0.10 {\n  hardware ethernet 00:11:22:33:44:99;\n") ==
          "19[10.0.0.5 00:11:22:33:44:55 new 2026-11-06T10:05:00Z] !29(the lease does not end) # 1 blocks "
          "that are no "
          "leases of IPv4 are passed over.# 1 older entries of devices that stand in it more than once were "
          "passed over.");
}

TEST_CASE("an address belongs to the newest that had it") {
    CHECK(
        read(
            "lease 10.0.0.5 {\n starts 4 2026/11/05 10:00:00;\n hardware ethernet 00:11:22:33:44:55;\n}\n"
            "lease 10.0.0.5 {\n starts 5 2026/11/06 10:00:00;\n hardware ethernet 00:11:22:33:44:66;\n}\n") ==
        "1[00:11:22:33:44:55 2026-11-05T10:00:00Z] 5[10.0.0.5 00:11:22:33:44:66 2026-11-06T10:00:00Z] ");
}

TEST_CASE("leases of Kea, both families") {
    CHECK(read("address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,"
               "user_context\n"
               "10.0.0.5,00:11:22:33:44:55,01:00,3600,1793876400,1,0,0,cam.plant.,0,{ \"a\": 1 }\n"
               "10.0.0.6,00:11:22:33:44:66,,3600,1793876400,1,0,0,,1,\n"
               "10.0.0.7\n") == "2[10.0.0.5 00:11:22:33:44:55 cam.plant 2026-11-05T10:00:00Z] !4(it has 1 "
                                "fields, the first line names 11) ");
    CHECK(read("address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_"
               "fwd,fqdn_rev,"
               "hostname,hwaddr,state\n"
               "fd00::5,00:01,3600,1793876400,1,1800,0,7,128,0,0,cam,00:11:22:33:44:55,0\n") ==
          "2[fd00::5 00:11:22:33:44:55 cam 2026-11-05T10:00:00Z] ");
}
