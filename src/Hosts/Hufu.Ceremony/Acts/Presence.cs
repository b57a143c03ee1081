using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Acts;

/// <summary>Everybody's token answers a fresh challenge, under the certificate that the script names (6.6.2.1-a, 6.6.2.2-a).</summary>
internal sealed class Presence(IReadOnlyList<ScriptPerson> people) : CeremonyStep("presence")
{
    public override string Zh => $"核对到场人员（{people.Count} 人）：每人的令牌以其证书应答随机挑战";

    public override string En => $"Everybody of the {people.Count} shows by their token and certificate that they are here";

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    [Clause("6.6.2.1-a")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        List<(CeremonyPerson Person, Certificate Certificate)> present = [];
        foreach (ScriptPerson person in people)
        {
            SoftToken token = room.Token(person);
            Certificate certificate = token.ExportCertificate(person.Container, KeyUse.Signing);
            if (CeremonyTranscript.Digest(certificate.RawData.Span) != person.CertificateDigest)
            {
                throw new CeremonyRefusal($"The token that {person.Name} brought holds another certificate than the script names.", "Compare the certificate with the person; correct the script before the ceremony, never in it.");
            }

            if (!certificate.IsValidAt(room.Now) || !certificate.Allows(KeyUsages.DigitalSignature))
            {
                throw new CeremonyRefusal($"The certificate of {person.Name} is not valid now, or not for signing.", "Have it renewed and name the new one in the script.");
            }

            byte[] challenge = SecureRandom.GetBytes(32);
            byte[] text = CeremonyTranscript.PresenceText(room.Id, room.Script.Digest, challenge);
            ISigner signer = token.GetSigner(person.Container);
            byte[] answer = signer.Sign(text);
            if (!certificate.PublicKey.Verify(signer.Algorithm, text, answer))
            {
                throw new CeremonyRefusal($"The answer of {person.Name}'s token does not verify.", "The token is faulty or not the certificate's: bring the right one.");
            }

            present.Add((new CeremonyPerson(person.Name, CeremonyRoom.Word(person.Role), person.CertificateDigest, challenge, answer), certificate));
        }

        room.Present(present);
        return new StepOutcome($"{string.Join("、", people.Select(p => p.Name))}均已到场，令牌应答与证书一致", $"Present: {string.Join(", ", people.Select(p => p.Name))}; every token answered under the certificate named in the script");
    }
}
