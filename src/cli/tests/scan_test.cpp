// SPDX-License-Identifier: Apache-2.0
#include "scan_bench.hpp"

using namespace oakum;
using cli::test::Bench;
using cli::test::text_at;

namespace fs = std::filesystem;

TEST_CASE("several targets are one answer that says which is meant, and what cannot be assessed is listed") {
    Bench bench;
    CHECK(bench.run({"scan", bench.at("root"), bench.at("image.cdx.json"), "--advisories", bench.at("osv"),
                     "-o", "json"}) == 0);
    const json::Value root = bench.json();
    CHECK(root.array_at("findings").value().size() == 2);
    CHECK(text_at(*root.array_at("findings").value().items().begin(), {"target"}) == bench.at("root"));
    bool mystery = false;
    for (const json::Value& left : root.array_at("not_assessed").value().items())
        mystery = mystery || text_at(left, {"component", "name"}) == "mystery";
    CHECK(mystery);
    CHECK(bench.run(
              {"scan", bench.at("root"), bench.at("image.cdx.json"), "--advisories", bench.at("osv")}) == 0);
    CHECK(bench.world.out.find("image 7 (CycloneDX 1.5, 2 components)") != std::string::npos);
    CHECK(bench.world.out.find("Of 1 component nothing can be said: ") != std::string::npos);
    CHECK(bench.world.out.find("they carry no version") == std::string::npos);
    CHECK(bench.world.out.find("Debian GNU/Linux 12 (bookworm) (root file system, 3 components)") !=
          std::string::npos);
}

TEST_CASE(
    "a folder of feeds may have other files; each is named, and one that is asked for has to be a feed") {
    Bench bench;
    bench.write("osv/manifest.json", R"([{"file":"openssl.json","licence":"MIT"}])");
    bench.write("osv/hosts.csv", "name,address\ngateway,10.0.0.1\n");
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "-o", "json"}) == 0);
    CHECK(bench.json().array_at("findings").value().size() == 1);
    CHECK(bench.world.err.find("Left out, since they are no feeds: " + bench.at("osv/hosts.csv") + ", " +
                               bench.at("osv/manifest.json") + ".") != std::string::npos);
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv/manifest.json")}) != 0);
    CHECK(bench.world.err.find("none of the known feeds") != std::string::npos);
    bench.write("other/manifest.json", R"([{"file":"openssl.json"}])");
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("other")}) != 0);
    CHECK(bench.world.err.find("none of the 1 files there is a feed") != std::string::npos);
    // What is a feed and broken is not left out: it is counted, and said.
    bench.write("osv/zlib.json", R"({"id":"CVE-2024-1","modified":"2024-05-01T00:00:00Z","affected":[{)");
    bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv")});
    CHECK(bench.world.err.find("1 record of the feeds could not be read, and is not used: " +
                               bench.at("osv/zlib.json") + ", ") != std::string::npos);
}

TEST_CASE("what a maker states rules a finding out and stays visible") {
    Bench bench;
    const std::vector<std::string> words{
        "scan", bench.at("image.cdx.json"), "--advisories", bench.at("osv"), "-o", "json"};
    CHECK(bench.run(words) == 0);
    CHECK(text_at(*bench.json().array_at("findings").value().items().begin(), {"status"}) == "affected");
    std::vector<std::string> with = words;
    with.insert(with.end(), {"--vex", bench.at("vex.json")});
    CHECK(bench.run(with) == 0);
    const json::Value finding = *bench.json().array_at("findings").value().items().begin();
    CHECK(text_at(finding, {"status"}) == "not_affected");
    CHECK(bench.world.out.find("vulnerable_code_not_present") != std::string::npos);
    with.insert(with.end(), {"--fail-on", "any"});
    CHECK(bench.run(with) == 0);
    // About nothing here: said, and nothing changes.
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "--vex",
                     bench.at("vex.json")}) == 0);
    CHECK(bench.world.err.find("none of its 1 statements is about a component here") != std::string::npos);
}

TEST_CASE("a statement about one version does not speak for another of the same name") {
    Bench bench;
    bench.write(
        "two.cdx.json",
        R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"busybox","version":"1.36.1-r15","purl":"pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19.1"},{"type":"library","name":"busybox","version":"1.30.0-r0","purl":"pkg:apk/alpine/busybox@1.30.0-r0?distro=alpine-3.19.1"}]})");
    bench.write(
        "one.json",
        R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Acme","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2024-0002"},"products":[{"@id":"pkg:apk/alpine/busybox@1.36.1-r15"}],"status":"not_affected","justification":"vulnerable_code_not_present"}]})");
    CHECK(bench.run({"scan", bench.at("two.cdx.json"), "--advisories", bench.at("osv"), "--vex",
                     bench.at("one.json"), "-o", "json"}) == 0);
    const auto open = [&] {
        std::string text;
        for (const json::Value& finding : bench.json().array_at("findings").value().items())
            if (text_at(finding, {"status"}) == "affected" &&
                text_at(finding, {"advisory"}) == "CVE-2024-0002")
                text += text_at(finding, {"component", "version"}) + " ";
        return text;
    };
    CHECK(open() == "1.30.0-r0 ");
    // What a CycloneDX document states of its components is about those alone as well.
    bench.write(
        "states.cdx.json",
        R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"bom-ref":"new","type":"library","name":"busybox","version":"1.36.1-r15"},{"bom-ref":"other","type":"library","name":"busybox","version":"1.30.0-r0","purl":"pkg:deb/debian/busybox@1.30.0-r0"}],"vulnerabilities":[{"id":"CVE-2024-0002","analysis":{"state":"not_affected"},"affects":[{"ref":"new"},{"ref":"other"}]}]})");
    CHECK(bench.run({"scan", bench.at("two.cdx.json"), "--advisories", bench.at("osv"), "--vex",
                     bench.at("states.cdx.json"), "-o", "json"}) == 0);
    CHECK(open() == "1.30.0-r0 ");
}

TEST_CASE("a CSAF document is a statement, and an advisory beside others whose words are heard too") {
    Bench bench;
    bench.write(
        "acme.csaf.json",
        R"({"document":{"csaf_version":"2.0","category":"csaf_vex","title":"T","tracking":{"id":"ACME-1","status":"final"}},"product_tree":{"full_product_names":[{"name":"b","product_id":"b","product_identification_helper":{"purl":"pkg:apk/alpine/busybox@1.36.1-r15"}}]},"vulnerabilities":[{"cve":"CVE-2024-0002","flags":[{"label":"vulnerable_code_not_present","product_ids":["b"]}],"product_status":{"known_not_affected":["b"]}}]})");
    const auto first = [&] { return *bench.json().array_at("findings").value().items().begin(); };
    const std::vector<std::vector<std::string>> ways{
        {"--advisories", bench.at("osv"), "--vex", bench.at("acme.csaf.json")},
        {"--advisories", bench.at("osv"), "--advisories", bench.at("acme.csaf.json")}};
    for (const auto& way : ways) {
        std::vector<std::string> words{"scan", bench.at("image.cdx.json"), "-o", "json"};
        words.insert(words.end(), way.begin(), way.end());
        CHECK(bench.run(words) == 0);
        CHECK(text_at(first(), {"advisory"}) == "CVE-2024-0002");
        CHECK(text_at(first(), {"status"}) == "not_affected");
        CHECK(bench.world.out.find("vulnerable_code_not_present") != std::string::npos);
        // What the distribution says is told as well.
        CHECK(bench.world.out.find("affected, since the version is in the affected range (osv ") !=
              std::string::npos);
    }
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "--vex",
                     bench.at("acme.csaf.json")}) == 0);
    CHECK(bench.world.err.find("none of its 1 statements is about a component here") != std::string::npos);
}

TEST_CASE("what a build says that it repaired counts for the package of that version") {
    Bench bench;
    const auto open = [&](const std::string& list) {
        bench.write("list.json", list);
        CHECK(bench.run({"scan", bench.at("image.cdx.json"), "--advisories", bench.at("osv"), "--vex",
                         bench.at("list.json"), "-o", "json"}) == 0);
        return text_at(*bench.json().array_at("findings").value().items().begin(), {"status"});
    };
    const auto yocto = [](const std::string& version, const std::string& status) {
        return R"({"version":"1","package":[{"name":"busybox","version":")" + version +
               R"(","issue":[{"id":"CVE-2024-0002","status":")" + status +
               R"(","detail":"backported-patch"}]}]})";
    };
    CHECK(open(yocto("1.36.1", "Patched")) == "not_affected");
    CHECK(bench.world.out.find("patched in the build (Yocto): backported-patch") != std::string::npos);
    CHECK(open(yocto("1.36.1", "Unpatched")) == "affected");
    CHECK(open(yocto("1.35.0", "Patched")) == "affected");
    CHECK(open(R"({"packages":{"busybox":{"current_version":"1.36.1","ignored_cves":["CVE-2024-0002"]}}})") ==
          "not_affected");
}

TEST_CASE("the tracker of a distribution is taken, for its packages alone") {
    Bench bench;
    bench.write(
        "tracker.json",
        R"({"zlib":{"CVE-2026-7":{"releases":{"bookworm":{"status":"open","nodsa":"Minor issue","urgency":"low"}}}},"busybox":{"CVE-2026-8":{"releases":{"bookworm":{"status":"open"}}}}})");
    CHECK(bench.run({"scan", bench.at("root"), bench.at("image.cdx.json"), "--advisories",
                     bench.at("tracker.json"), "-o", "json"}) == 0);
    std::string open;
    for (const json::Value& finding : bench.json().array_at("findings").value().items())
        open += text_at(finding, {"component", "name"}) + " " + text_at(finding, {"advisory"}) + "; ";
    CHECK(open == "zlib1g CVE-2026-7; ");
    CHECK(bench.world.out.find("[no DSA: Minor issue]") != std::string::npos);
    bench.write("half.json", R"({"zlib":{"CVE-2026-7":{"releases":{"bookworm":{"status":"open"}}},)");
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("half.json")}) != 0);
    CHECK(bench.world.err.find("cut off or broken in the middle") != std::string::npos);
}

TEST_CASE("SARIF and CycloneDX are written for other tools, and by a scan alone") {
    Bench bench;
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "-o", "sarif"}) == 0);
    const json::Value run = *bench.json().array_at("runs").value().items().begin();
    const json::Value result = *run.array_at("results").value().items().begin();
    CHECK(text_at(result, {"ruleId"}) == "CVE-2024-0001");
    CHECK(text_at(result, {"level"}) == "error");
    CHECK(text_at(*run.at("tool").value().at("driver").value().array_at("rules").value().items().begin(),
                  {"properties", "security-severity"}) == "9.8");
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", bench.at("osv"), "-o", "cyclonedx"}) == 0);
    const json::Value vulnerability = *bench.json().array_at("vulnerabilities").value().items().begin();
    CHECK(text_at(vulnerability, {"id"}) == "CVE-2024-0001");
    CHECK(text_at(vulnerability, {"analysis", "state"}) == "exploitable");
    CHECK(bench.run({"device", "list", "-o", "sarif"}) == 2);
    CHECK(bench.world.err.find("only 'oakum scan' writes sarif") != std::string::npos);
    CHECK(bench.world.asked.empty());
}

TEST_CASE("advisories are compiled once and opened at once; a damaged file is refused") {
    Bench bench;
    const std::string db = bench.at("all.oadb");
    CHECK(bench.run({"feed", "compile", bench.at("osv"), "--to", db}) == 0);
    CHECK(bench.world.out.find("2 advisories") != std::string::npos);
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", db, "-o", "csv"}) == 0);
    CHECK(bench.world.out.find("CVE-2024-0001") != std::string::npos);
    std::fstream file(db, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(300);
    file.put('\x7f');
    file.close();
    CHECK(bench.run({"scan", bench.at("root"), "--advisories", db}) == 1);
    CHECK(bench.run({"feed", "compile", bench.at("osv"), "--to", bench.at("all.json")}) == 1);
}

TEST_CASE(
    "a hundred thousand statements about a system are taken in seconds, and what an SBOM left out is told") {
    Bench bench;
    std::string statements;
    for (int i = 0; i < 90'000; ++i)
        statements += (i == 0 ? "" : ",") + std::string(R"({"vulnerability":{"name":"CVE-2020-)") +
                      std::to_string(i) +
                      R"("},"products":[{"@id":"pkg:apk/alpine/busybox"}],"status":"fixed"})";
    bench.write(
        "many.json",
        R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Acme","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[)" +
            statements + "]}");
    std::string components;
    for (int i = 0; i < 5'000; ++i)
        components += (i == 0 ? "" : ",") + std::string(R"({"type":"library","name":"part)") +
                      std::to_string(i) + R"(","version":"1","purl":"pkg:apk/alpine/part)" +
                      std::to_string(i) + R"(@1"})";
    components +=
        R"(,{"type":"library","name":"busybox","version":"1.36.1-r15","purl":"pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19.1"},{"type":"library","name":"tool","version":"1","scope":"excluded"})";
    bench.write("large.cdx.json",
                R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[)" + components + "]}");
    // Each statement against each component would be 450 million comparisons.
    CHECK(bench.run({"scan", bench.at("large.cdx.json"), "--advisories", bench.at("osv"), "--vex",
                     bench.at("many.json"), "-o", "json"}) == 0);
    CHECK(bench.json().array_at("findings").value().size() == 1);
    CHECK(bench.world.err.find("1 entries of") != std::string::npos);
}

TEST_CASE("an SBOM that names nothing is not clean") {
    Bench bench;
    bench.write("empty.cdx.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[]})");
    CHECK(bench.run({"scan", bench.at("empty.cdx.json"), "--advisories", bench.at("osv"), "-o", "json"}) ==
          0);
    CHECK(bench.json().array_at("not_assessed").value().size() == 1);
    CHECK(bench.world.err.find("names no component") != std::string::npos);
}

TEST_CASE("a packed SBOM is read, and packed VEX that speaks of its parts by BOM-Link is heard") {
    Bench bench;
    const auto write_packed = [&](const std::string& name, const std::string& text) {
        // A frame of zstd of one raw block.
        std::string packed = "\x28\xb5\x2f\xfd\xa0";
        for (int shift = 0; shift < 32; shift += 8)
            packed += static_cast<char>(text.size() >> shift);
        for (int shift = 0; shift < 24; shift += 8)
            packed += static_cast<char>((text.size() << 3 | 1) >> shift);
        bench.write(name, packed + text);
    };
    const std::string serial = "3e671687-395b-41f5-a30f-a58921a69b79";
    write_packed(
        "image.cdx.json.zst",
        R"({"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:)" + serial +
            R"(","version":1,"components":[{"bom-ref":"the box","type":"library","name":"busybox","version":"1.36.1-r15","purl":"pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19.1"}]})");
    const std::vector<std::string> scan = {
        "scan", bench.at("image.cdx.json.zst"), "--advisories", bench.at("osv"), "--fail-on", "any"};
    CHECK(bench.run(scan) != 0);
    CHECK(bench.world.out.find("CVE-2024-0002") != std::string::npos);
    for (const auto& [version, heard] : {std::pair("1", true), {"2", false}}) {
        write_packed(
            "vex.cdx.zst",
            R"({"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[{"id":"CVE-2024-0002","analysis":{"state":"not_affected"},"affects":[{"ref":"urn:cdx:)" +
                serial + "/" + version + R"(#the%20box"}]}]})");
        auto with = scan;
        with.insert(with.end(), {"--vex", bench.at("vex.cdx.zst")});
        CHECK((bench.run(with) == 0) == heard);
    }
    bench.write("cut.zst", "\x28\xb5\x2f\xfd nothing");
    CHECK(bench.run({"scan", bench.at("cut.zst"), "--advisories", bench.at("osv")}) == 1);
    CHECK(bench.world.err.find("cut.zst, unpacked") != std::string::npos);
}

TEST_CASE("a kernel is assessed by its stable series") {
    Bench bench;
    bench.write(
        "cve/CVE-2024-0003.json",
        R"({"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2024-0003","assignerOrgId":"416baaa9-dc9f-4396-8d5f-8c081fb06d67","state":"PUBLISHED","datePublished":"2024-05-01T00:00:00Z","dateUpdated":"2024-05-01T00:00:00Z"},"containers":{"cna":{"providerMetadata":{"orgId":"416baaa9-dc9f-4396-8d5f-8c081fb06d67"},"title":"a hole in the kernel","affected":[{"product":"Linux","vendor":"Linux","programFiles":["net/bluetooth/bnep/core.c"],"defaultStatus":"affected","versions":[{"version":"5.10","status":"affected"},{"version":"0","lessThan":"5.10","status":"unaffected","versionType":"semver"},{"version":"6.1.50","lessThanOrEqual":"6.1.*","status":"unaffected","versionType":"semver"},{"version":"6.6","lessThanOrEqual":"*","status":"unaffected","versionType":"original_commit_for_fix"}]}]}}})");
    const auto verdict = [&](const std::string& version) {
        CHECK(bench.run({"kernel", "assess", version, "--advisories", bench.at("cve")}) == 0);
        return bench.world.out;
    };
    CHECK(verdict("6.1.20") == "CVE-2024-0003\taffected\n");
    CHECK(verdict("6.1.50") == "CVE-2024-0003\tfixed\n");
    CHECK(verdict("6.8.1") == "CVE-2024-0003\tfixed\n");
    CHECK(verdict("5.4.9") == "CVE-2024-0003\tnot affected\n");
    CHECK(verdict("custom") == "CVE-2024-0003\tcannot tell\n");
    // What is not assessed, or a branch of a vendor's, says so.
    CHECK(verdict("5.10.198-android12-9").empty());
    CHECK(bench.world.err.find("5.10.198-android12-9: not assessed: an Android kernel") != std::string::npos);
    CHECK(verdict("5.10.104-tegra") == "CVE-2024-0003\taffected\n");
    CHECK(bench.world.err.find("tegra is a vendor's branch") != std::string::npos);

    // Built without the file with the fault, it does no harm, whatever its version is called.
    bench.write("config", "# Linux/arm64 6.1.20 Kernel Configuration\nCONFIG_NET=y\nCONFIG_BT=y\n# "
                          "CONFIG_BT_BNEP is not set\n");
    for (const std::string version : {"6.1.20", "custom"}) {
        CHECK(bench.run({"kernel", "assess", version, "--advisories", bench.at("cve"), "--config",
                         bench.at("config")}) == 0);
        CHECK(bench.world.out == "CVE-2024-0003\tnot affected\n");
    }
    bench.write(
        "kernel.cdx.json",
        R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"operating-system","name":"linux","version":"6.1.20","cpe":"cpe:2.3:o:linux:linux_kernel:6.1.20:*:*:*:*:*:*:*"}]})");
    CHECK(bench.run({"scan", bench.at("kernel.cdx.json"), "--advisories", bench.at("cve"), "--fail-on", "any",
                     "--kernel-config", bench.at("config"), "-o", "json"}) == 0);
    CHECK(bench.world.out.find("was built without the code that has the fault") != std::string::npos);
    CHECK(bench.run({"scan", bench.at("kernel.cdx.json"), "--advisories", bench.at("cve"), "--fail-on",
                     "any"}) != 0);
    bench.write("nothing", "hello\n");
    CHECK(bench.run({"kernel", "assess", "6.1.20", "--advisories", bench.at("cve"), "--config",
                     bench.at("nothing")}) != 0);
    CHECK(bench.world.err.find("init/main.c is not in it") != std::string::npos);
}
