using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Ca.Initialisation;

/// <summary>What the ceremony's transcript says of a CA's birth, in the words of the people who were there.</summary>
internal static class BirthTranscript
{
    public static IReadOnlyList<CeremonyStep> Write(Session session, CeremonyDesk ceremony, CaInitialisation request, IReadOnlyList<BirthPerson> people, Born born, PolicyValues values)
    {
        var present = string.Join("、", people.Select(person => person.Name));
        List<CeremonyStep> steps =
        [
            ceremony.Note(session, "在密码设备内生成根 CA 密钥对", present, Key(born.Root)),
            ceremony.Note(session, "在密码设备内生成运营 CA 密钥对", present, Key(born.Ca)),
            ceremony.Note(session, $"自签根证书：{request.RootName}，序列号 {born.Root.Certificate.SerialHex}", present, Certificate(born.Root)),
            ceremony.Note(session, $"根 CA 签发运营 CA 证书：{request.CaName}，序列号 {born.Ca.Certificate.SerialHex}", present, Certificate(born.Ca)),
            ceremony.Note(session, "签发 CA 服务证书：签名", present, Certificate(born.Signing)),
            ceremony.Note(session, "签发 CA 服务证书：加密", present, Certificate(born.Encryption)),
            ceremony.Note(session, "签发 CA 服务证书：审计", present, Certificate(born.Audit)),
        ];
        for (var i = 0; i < people.Count; i++)
        {
            steps.Add(ceremony.Note(session, $"产生{Title(people[i].Role)}并签发证书", people[i].Name, Certificate(born.Staff[i])));
        }

        steps.Add(ceremony.Note(session, $"设备加密备份，恢复密钥分为 {values.KeyShares} 份，任意 {values.KeyShareThreshold} 份可恢复", present, ActStatement.Digest(born.Backup.EncryptedBackup)));
        foreach (var share in born.Backup.Shares)
        {
            steps.Add(ceremony.Note(session, $"分量 {share.Number} 以持有人公钥加密交付", people[1 + share.Number].Name, ActStatement.Digest(share.EnvelopedShare)));
        }

        steps.AddRange(born.Crls.Select(crl => ceremony.Note(session, $"签发 {crl.Row.Issuer} 首份 CRL，编号 {crl.Row.Number}", present, crl.Row.Digest)));
        return steps;
    }

    private static string Title(string role) => role switch
    {
        Roles.SuperAdministrator => "超级管理员",
        Roles.AuditAdministrator => "审计管理员",
        _ => "密钥分量持有人",
    };

    private static string Key(Issued issued) => ActStatement.Digest(issued.Certificate.PublicKey.RawData.Span);

    private static string Certificate(Issued issued) => ActStatement.Digest(issued.Certificate.RawData.Span);
}
