// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <evidence/pack.hpp>

using namespace oakum;

namespace {

// An Ed25519 pair that openssl made, and its signature of the list below.
const std::string kPublic = "6e48b1c51625d70a5b74e5378d447c220d4fe204db58655e98baab782f1c804d",
                  kMade = "e44fd88e3b4bf52fa3a04aaec4c3b7aa35fce7f2419f2bd9c6627c6450dd21d94d061b7471389407c3"
                          "67be2576c4b1653588996f284812335fa542f0404adc09";
const std::map<std::string, std::string> kFiles{{"about.json", "{}"}, {"findings.csv", "a,b\r\n1,2\r\n"}};

std::string list() {
    std::map<std::string, base::Digest256> sums;
    for (const auto& [name, content] : kFiles)
        sums[name] = base::sha256(content);
    return evidence::sums_of(sums);
}

std::vector<tar::Entry> entries() {
    std::vector<tar::Entry> all;
    for (const auto& [name, content] : kFiles)
        all.push_back({name, content});
    const base::Bytes signature = base::from_hex(kMade).value();
    all.push_back({"SHA256SUMS", list()});
    all.push_back({"SHA256SUMS.sig", std::string(base::as_text(signature))});
    all.push_back({"key.pem", evidence::key_pem(base::from_hex(kPublic).value())});
    return all;
}

base::Result<evidence::Report> read(const std::string& archive, std::string_view trusted = {},
                                    std::size_t piece = 100) {
    evidence::Reader reader;
    for (std::size_t at = 0; at < archive.size(); at += piece)
        TRY(reader.feed(base::as_bytes(std::string_view(archive).substr(at, piece))));
    return reader.finish(trusted);
}
std::string archive(const std::vector<tar::Entry>& all) {
    return tar::archive(all, base::TimePoint()).value();
}
std::string told(const base::Result<evidence::Report>& report) {
    if (!report.ok()) return "no pack";
    std::string text;
    for (const auto& [file, what] : report->wrong)
        text += (text.empty() ? "" : "; ") + file + " " + what;
    return text;
}

} // namespace

TEST_CASE("a pack is good when each file is as it was signed, read in pieces of any size") {
    for (const std::size_t piece : {1UL, 7UL, 512UL, 100'000UL}) {
        const auto report = read(archive(entries()), {}, piece);
        REQUIRE(report.ok());
        CHECK(told(report) == "");
        CHECK(report->files == 2);
        CHECK(report->bytes == 12);
        CHECK(report->about == "{}");
        CHECK(report->key == evidence::key_id(base::from_hex(kPublic).value()));
        CHECK(read(archive(entries()), report->key)->good());
    }
    CHECK(told(read(archive(entries()), std::string(64, '0'))) ==
          "key.pem is another key than the one that is trusted");
}

TEST_CASE("whatever is changed in a pack is found and named") {
    auto all = entries();
    all[1].content[0] = 'X';
    CHECK(told(read(archive(all))) == "findings.csv was changed");
    all = entries();
    all.erase(all.begin());
    CHECK(told(read(archive(all))) == "about.json is missing");
    all = entries();
    all.push_back({"more.csv", "x"});
    CHECK(told(read(archive(all))) == "more.csv was added: no digest was signed for it");
    all = entries();
    all.push_back(all[1]);
    CHECK(told(read(archive(all))) == "findings.csv is in it twice");
    // Whoever changes the list too has no signature for it.
    all = entries();
    all[1].content = "changed";
    std::map<std::string, base::Digest256> sums{{"about.json", base::sha256("{}")},
                                                {"findings.csv", base::sha256("changed")}};
    all[2].content = evidence::sums_of(sums);
    CHECK(told(read(archive(all))) == "SHA256SUMS is not as it was signed");
    all = entries();
    all[4].content = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    CHECK(told(read(archive(all))) == "key.pem it is no public key (Ed25519) in PEM");
}

TEST_CASE("what is no pack, or is cut, is said to be so") {
    const std::string whole = archive(entries());
    CHECK(told(read("")) == "no pack");
    CHECK(told(read(std::string(4096, 'x'))) == "no pack");
    CHECK(told(read(whole.substr(0, 700))) == "no pack");
    CHECK(told(read(whole.substr(0, whole.size() - 1024))) == " it is cut: its end is missing");
    auto all = entries();
    all[2].content += "no digest\n";
    CHECK(told(read(archive(all))).find("SHA256SUMS a line is no digest and name") != std::string::npos);
}

TEST_CASE("a key is written as others read it, and read again") {
    const base::Bytes raw = base::from_hex(kPublic).value();
    CHECK(evidence::raw_key(evidence::key_pem(raw)).value() == raw);
    CHECK_FALSE(evidence::raw_key("").ok());
    CHECK_FALSE(evidence::raw_key(evidence::key_pem(raw).substr(1)).ok());
}
