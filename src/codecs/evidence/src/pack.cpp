// SPDX-License-Identifier: Apache-2.0
#include <evidence/pack.hpp>

#include <base/signature.hpp>

#include <algorithm>
#include <array>

namespace oakum::evidence {
namespace {

constexpr std::size_t kMostFiles = 20'000, kMostWrong = 100;
// Of a file that is read whole.
constexpr std::size_t kSmall = 4UL << 20;
// SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410).
constexpr std::array<std::uint8_t, 12> kPrefix{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                               0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----\n", kEnd = "\n-----END PUBLIC KEY-----\n";

bool is_small(std::string_view name) {
    return name == kSums || name == kSignature || name == kKey || name == kAbout;
}

base::Result<std::map<std::string, base::Digest256>> parse_sums(std::string_view text) {
    std::map<std::string, base::Digest256> sums;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return base::corrupt("its last line has no end");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line.size() < 67 || line.substr(64, 2) != "  ")
            return base::corrupt("a line is no digest and name");
        TRY_VALUE(const base::Digest256 digest, base::Digest256::parse(line.substr(0, 64)));
        if (!sums.emplace(std::string(line.substr(66)), digest).second)
            return base::corrupt("it names a file twice");
    }
    return sums;
}

} // namespace

std::string sums_of(const std::map<std::string, base::Digest256>& files) {
    std::string text;
    for (const auto& [name, digest] : files)
        text.append(digest.hex()).append("  ").append(name).append("\n");
    return text;
}

std::string key_pem(base::ByteView raw) {
    base::Bytes der(kPrefix.begin(), kPrefix.end());
    der.insert(der.end(), raw.begin(), raw.end());
    return std::string(kBegin) + base::to_base64(der) + std::string(kEnd);
}

base::Result<base::Bytes> raw_key(std::string_view pem) {
    const auto wrong = [] { return base::invalid("it is no public key (Ed25519) in PEM"); };
    if (!pem.starts_with(kBegin) || !pem.ends_with(kEnd) || pem.size() < kBegin.size() + kEnd.size())
        return wrong();
    pem = pem.substr(kBegin.size(), pem.size() - kBegin.size() - kEnd.size());
    const auto der = base::from_base64(pem);
    if (!der.ok() || der->size() != kPrefix.size() + 32 ||
        !std::equal(kPrefix.begin(), kPrefix.end(), der->begin()))
        return wrong();
    return base::Bytes(der->begin() + kPrefix.size(), der->end());
}

std::string key_id(base::ByteView raw) {
    return base::sha256(raw).hex();
}

base::Status Reader::begin(const tar::Block& block) {
    TRY_VALUE(const auto header, tar::from_block(block));
    if (!header) {
        ended_ = true;
        return {};
    }
    if (seen_.size() >= kMostFiles) return base::too_large("more files than a pack has");
    if (is_small(header->name) && header->size > kSmall)
        return base::too_large("its " + header->name + " is too long");
    at_ = *header;
    left_ = header->size;
    filling_ = tar::filling(header->size);
    text_.clear();
    if (left_ == 0) end_file();
    return {};
}

void Reader::end_file() {
    const std::string& name = at_->name;
    if (!seen_.emplace(name, digest_.finish()).second) twice_.push_back(name);
    sizes_[name] = at_->size;
    if (is_small(name)) small_[name] = std::move(text_);
    at_.reset();
}

base::Status Reader::feed(base::ByteView bytes) {
    while (!bytes.empty() && !ended_) {
        if (at_) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
            const base::ByteView piece = bytes.first(count);
            digest_.update(piece);
            if (is_small(at_->name)) text_.append(base::as_text(piece));
            bytes = bytes.subspan(count);
            left_ -= count;
            if (left_ == 0) end_file();
        } else if (filling_ > 0) {
            const std::size_t count = std::min(filling_, bytes.size());
            bytes = bytes.subspan(count);
            filling_ -= count;
        } else {
            const std::size_t count = std::min(tar::kBlock - block_.size(), bytes.size());
            block_.append(base::as_text(bytes.first(count)));
            bytes = bytes.subspan(count);
            if (block_.size() < tar::kBlock) return {};
            tar::Block block{};
            std::ranges::copy(base::as_bytes(block_), block.begin());
            block_.clear();
            TRY(begin(block));
        }
    }
    return {};
}

base::Result<Report> Reader::finish(std::string_view trusted) {
    for (const std::string_view needed : {kSums, kSignature, kKey})
        if (!small_.contains(std::string(needed)))
            return base::corrupt("this is no whole evidence pack: " + std::string(needed) + " is not in it");
    Report report;
    const auto wrong = [&](std::string file, std::string what) {
        if (report.wrong.size() < kMostWrong) report.wrong.push_back({std::move(file), std::move(what)});
    };
    if (!ended_) wrong("", "it is cut: its end is missing");
    for (const std::string& name : twice_)
        wrong(name, "is in it twice");
    const std::string& list = small_.at(std::string(kSums));
    const auto raw = raw_key(small_.at(std::string(kKey)));
    if (!raw.ok()) {
        wrong(std::string(kKey), raw.error().message);
    } else {
        report.key = key_id(*raw);
        const auto key = base::PublicKey::ed25519(*raw);
        if (!key.ok() ||
            !key->verify(base::as_bytes(list), base::as_bytes(small_.at(std::string(kSignature)))))
            wrong(std::string(kSums), "is not as it was signed");
        if (!trusted.empty() && report.key != trusted)
            wrong(std::string(kKey), "is another key than the one that is trusted");
    }
    const auto sums = parse_sums(list);
    if (!sums.ok()) {
        wrong(std::string(kSums), sums.error().message);
        return report;
    }
    for (const auto& [name, digest] : *sums) {
        const auto found = seen_.find(name);
        if (found == seen_.end()) {
            wrong(name, "is missing");
            continue;
        }
        if (found->second != digest) wrong(name, "was changed");
        ++report.files;
        report.bytes += sizes_[name];
    }
    for (const auto& [name, digest] : seen_)
        if (!sums->contains(name) && name != kSums && name != kSignature && name != kKey)
            wrong(name, "was added: no digest was signed for it");
    if (const auto about = small_.find(std::string(kAbout)); about != small_.end())
        report.about = about->second;
    return report;
}

} // namespace oakum::evidence
