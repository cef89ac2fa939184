// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/proofs.hpp>

#include <attestations/provenance.hpp>
#include <base/cms.hpp>
#include <base/pem_key.hpp>
#include <vendor_files/mcuboot.hpp>
#include <vendor_files/minisign.hpp>
#include <vendor_files/rauc.hpp>
#include <vendor_files/swu.hpp>

#include <algorithm>

namespace oakum::vendor_files {
namespace {

using intake::Proof;
using intake::SignatureKind;
using intake::Signer;

constexpr std::size_t kSignedPiece = 1 << 20;
constexpr std::size_t kMostSaid = 200; // of what a file says of itself

std::string shortened(std::string text) {
    if (text.size() <= kMostSaid) return text;
    std::size_t end = kMostSaid;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
        --end; // not within a character
    return text.substr(0, end) + "...";
}

class Look {
  public:
    Look(const Artifact& artifact, std::span<const Signer> signers, std::string_view line,
         base::TimePoint now)
        : artifact_(artifact), signers_(signers), line_(line), now_(now) {}

    Seen seen() {
        if (artifact_.kind == intake::FileKind::mcuboot) mcuboot();
        if (artifact_.kind == intake::FileKind::swu) swupdate();
        if (artifact_.kind == intake::FileKind::rauc) rauc();
        for (const std::string& text : artifact_.attached)
            if (const auto kind = kind_of_attachment(text); kind.ok())
                *kind == SignatureKind::minisign ? minisign(text) : statement(text);
        return std::move(seen_);
    }

  private:
    // By whom it is: `verify` says why it is not by one signer.
    template <class Verify> Proof match(SignatureKind kind, std::string says, const Verify& verify) const {
        Proof proof{kind, shortened(std::move(says)), "", ""};
        std::string flaw = "no key of its kind is trusted here for " + std::string(line_);
        for (const Signer& signer : signers_) {
            if (signer.kind != kind) continue;
            const base::Status status = verify(signer);
            const bool speaks = intake::speaks_for(signer, line_);
            if (status.ok() && speaks) {
                proof.by = signer.name;
                return proof;
            }
            if (status.ok())
                flaw = "it is by " + signer.name + ", who does not speak for " + std::string(line_);
            else if (speaks)
                flaw = signer.name + ": " + status.error().message;
        }
        proof.flaw = shortened(std::move(flaw));
        return proof;
    }
    static Proof broken(SignatureKind kind, const base::Error& error) {
        return {kind, "", "", shortened(error.message)};
    }

    void mcuboot() {
        const auto bytes = read_all(artifact_.file, 0, artifact_.file.length, kLargestMcuboot);
        const auto image =
            bytes.ok() ? McubootImage::parse(*bytes) : base::Result<McubootImage>(bytes.error());
        if (!image.ok()) return seen_.signatures.push_back(broken(SignatureKind::mcuboot, image.error()));
        if (image->has_version) seen_.version = image->version;
        seen_.counter = image->counter;
        if (image->signatures.empty()) return;
        seen_.signatures.push_back(match(
            SignatureKind::mcuboot, "image " + image->version, [&](const Signer& signer) -> base::Status {
                TRY_VALUE(const base::PublicKey key, base::read_public_key(signer.key));
                if (!image->is_by(key)) return base::invalid("it is not by this key");
                return {};
            }));
    }

    void swupdate() {
        const auto archive = read_swu(artifact_.file);
        if (!archive.ok())
            return seen_.signatures.push_back(broken(SignatureKind::swupdate, archive.error()));
        if (archive->signature.empty()) return;
        if (const base::Status all = check_members(*archive, artifact_.file); !all.ok())
            return seen_.signatures.push_back(broken(SignatureKind::swupdate, all.error()));
        seen_.signatures.push_back(
            match(SignatureKind::swupdate, "", [&](const Signer& signer) -> base::Status {
                TRY(base::verify_cms(archive->signature, archive->description, signer.key, now_));
                return {};
            }));
    }

    // The manifest is read only once its signature verified.
    void rauc() {
        const auto bundle = read_rauc(artifact_.file);
        const auto carries =
            bundle.ok() ? base::carries_content(bundle->message) : base::Result<bool>(bundle.error());
        if (!carries.ok()) return seen_.signatures.push_back(broken(SignatureKind::rauc, carries.error()));
        std::string says;
        Proof proof = match(SignatureKind::rauc, "", [&](const Signer& signer) -> base::Status {
            if (!*carries) {
                std::uint64_t at = 0;
                const base::ContentPieces next = [&]() -> base::Result<base::Bytes> {
                    const std::uint64_t end = std::min<std::uint64_t>(bundle->before, at + kSignedPiece);
                    TRY_VALUE(base::Bytes piece, read_all(artifact_.file, at, end, kSignedPiece));
                    at = end;
                    return piece;
                };
                TRY(base::verify_cms(bundle->message, next, signer.key, now_));
                return {};
            }
            TRY_VALUE(const base::Bytes text, base::open_cms(bundle->message, signer.key, now_));
            TRY_VALUE(const RaucManifest manifest, read_rauc_manifest(base::as_text(text)));
            TRY(check_tree(*bundle, manifest, artifact_.file));
            says = "for " + manifest.compatible + ", version " + manifest.version;
            return {};
        });
        proof.says = shortened(std::move(says));
        seen_.signatures.push_back(std::move(proof));
    }

    void minisign(const std::string& text) {
        const auto signature = MinisignSignature::parse(text);
        if (!signature.ok())
            return seen_.signatures.push_back(broken(SignatureKind::minisign, signature.error()));
        seen_.signatures.push_back(match(SignatureKind::minisign,
                                         "key " + key_id(signature->key) + ", " + signature->trusted_comment,
                                         [&](const Signer& signer) -> base::Status {
                                             TRY_VALUE(const MinisignKey key, MinisignKey::parse(signer.key));
                                             return verify(*signature, key, artifact_.file);
                                         }));
    }

    // Nothing of the payload is read before its signature verified.
    void statement(const std::string& text) {
        const auto envelope = attestations::Envelope::parse(text);
        if (!envelope.ok())
            return seen_.statements.push_back(broken(SignatureKind::provenance, envelope.error()));
        std::string says;
        Proof proof = match(SignatureKind::provenance, "", [&](const Signer& signer) -> base::Status {
            TRY_VALUE(const base::PublicKey key, base::read_public_key(signer.key));
            if (!envelope->is_by(key)) return base::invalid("it is not by this key");
            TRY_VALUE(const attestations::Provenance said, attestations::read_provenance(*envelope));
            says = "built by " + said.builder;
            const bool names =
                std::ranges::find(said.subjects, artifact_.digest.hex()) != said.subjects.end();
            if (std::string flaw =
                    intake::flaw_of_statement(signer, said.builder, said.build_type, said.parameters, names);
                !flaw.empty())
                return base::invalid(std::move(flaw));
            return {};
        });
        proof.says = shortened(std::move(says));
        seen_.statements.push_back(std::move(proof));
    }

    const Artifact& artifact_;
    const std::span<const Signer> signers_;
    const std::string_view line_;
    const base::TimePoint now_;
    Seen seen_;
};

} // namespace

base::Result<SignatureKind> kind_of_attachment(std::string_view text) {
    if (text.size() > kLargestAttachment) return base::too_large("more than 1 MiB");
    if (MinisignSignature::parse(text).ok()) return SignatureKind::minisign;
    if (attestations::Envelope::parse(text).ok()) return SignatureKind::provenance;
    return base::invalid(
        "it is neither a signature of minisign (FILE.minisig) nor a statement in a DSSE envelope (JSON)");
}

base::Status check_key(const Signer& signer) {
    const auto at_key = [](base::Error error) { return std::move(error).at("/key"); };
    switch (signer.kind) {
    case SignatureKind::minisign:
        if (const auto key = MinisignKey::parse(signer.key); !key.ok()) return at_key(key.error());
        return {};
    case SignatureKind::swupdate:
    case SignatureKind::rauc:
        if (const auto subject = base::read_certificate(signer.key); !subject.ok())
            return at_key(subject.error());
        return {};
    case SignatureKind::mcuboot:
    case SignatureKind::provenance:
        if (const auto key = base::read_public_key(signer.key); !key.ok()) return at_key(key.error());
        return {};
    }
    return {};
}

Seen look_for_proofs(const Artifact& artifact, std::span<const Signer> signers, std::string_view line,
                     base::TimePoint now) {
    return Look(artifact, signers, line, now).seen();
}

} // namespace oakum::vendor_files
