using System.Globalization;
using System.Text;
using Hufu.Ceremony.Script;
using Hufu.Pki;

namespace Hufu.Ceremony.Paper;

/// <summary>The transcript for people, as Markdown, in both languages.</summary>
internal static class TranscriptMarkdown
{
    public const string FileName = "transcript.md";

    public static string Write(CeremonyTranscript transcript, CeremonyScript script)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {transcript.Title}\n\n{transcript.TitleEn}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"- 仪式编号 id: `{transcript.Id}`\n- 地点 place: {Cell(transcript.Place)}\n- 时间 time: {Local(transcript.Begun)} – {Local(transcript.Ended)}\n");
        text.Append(CultureInfo.InvariantCulture, $"- 脚本 script: {script.Id}, SM3 `{transcript.ScriptDigest}`\n- 管理门限 threshold: {script.Threshold}\n\n");
        text.Append("## 到场人员 People\n\n| 姓名 | 角色 | 证书 SM3 |\n|---|---|---|\n");
        foreach (CeremonyPerson person in transcript.People)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(person.Name)} | {RoleZh(person.Role)} {person.Role} | `{person.CertificateDigest}` |\n");
        }

        text.Append("\n## 步骤 Steps\n\n| 序号 | 时间（北京） | 事项 | 参与 | SM3 |\n|---|---|---|---|---|\n");
        foreach (CeremonyAct act in transcript.Acts)
        {
            string digest = act.Digest is null ? "" : $"`{act.Digest}`";
            text.Append(CultureInfo.InvariantCulture, $"| {act.Number} | {Local(act.Time)} | {Cell(act.What)}<br>{Cell(act.WhatEn)} | {Cell(string.Join("、", act.Who))} | {digest} |\n");
        }

        text.Append("\n## 密钥状态 Keys\n\n| 设备 | 密钥 | 公钥 SM3 | 状态 |\n|---|---|---|---|\n");
        foreach (CeremonyKey key in transcript.Keys)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {key.Device} | {key.Label} | `{key.KeyDigest}` | {StateZh(key.State)} {key.State} |\n");
        }

        text.Append("\n## 产出文件 Files\n\n| 文件 | 字节 | SM3 |\n|---|---|---|\n");
        foreach (CeremonyFile file in transcript.Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(file.Name)} | {file.Size} | `{file.Digest}` |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n本页与 PDF 的摘要在 `{CeremonyTranscript.FileName}` 中；全体到场人员的签名在 `{CeremonyTranscript.SignedFileName}` 中（GM/T 0010 签名数据）。\n");
        text.Append(CultureInfo.InvariantCulture, $"The digests of this page and of the PDF stand in `{CeremonyTranscript.FileName}`; everybody's signatures are in `{CeremonyTranscript.SignedFileName}`. Check: `./hufu ceremony verify {CeremonyTranscript.SignedFileName}`.\n");
        return text.ToString();
    }

    /// <summary>Beijing time, which has had no summer time since 1991.</summary>
    public static string Local(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string RoleZh(string role) => role switch
    {
        "leader" => "主持人",
        "key-manager" => "密钥管理员",
        "operator" => "操作员",
        "share-holder" => "密钥分量持有人",
        _ => "见证人",
    };

    public static string StateZh(string state) => state switch
    {
        "active" => "在用",
        "archived" => "已归档",
        _ => "已销毁",
    };

    private static string Cell(string words) => words.Replace('\n', ' ').Replace('\r', ' ').Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
