using Hufu.Ceremony.Script;
using Hufu.Pki;
using Hufu.Print;

namespace Hufu.Ceremony.Paper;

/// <summary>The transcript as paragraphs, for the PDF.</summary>
internal static class PaperText
{
    private const double Title = 18, Heading = 13, Body = 9.5, Small = 8;

    public static IEnumerable<PrintedLine> Lines(CeremonyTranscript transcript, CeremonyScript script, bool chinese)
    {
        yield return new(Title, chinese ? transcript.Title : transcript.TitleEn);
        if (chinese)
        {
            yield return new(Body, transcript.TitleEn);
        }
        else
        {
            yield return new(Body, "English only: no TrueType font with Chinese characters was found on this machine (fonts-arphic-gbsn00lp, or --font FILE).");
            yield return new(Body, @"Chinese names stand as their code points (\uXXXX); transcript.md has them in full.");
        }

        yield return new(Body, $"{Word("仪式编号", "id", chinese)}: {transcript.Id}");
        yield return new(Body, $"{Word("地点", "place", chinese)}: {transcript.Place}");
        yield return new(Body, $"{Word("时间（北京）", "time (Beijing)", chinese)}: {TranscriptMarkdown.Local(transcript.Begun)} - {TranscriptMarkdown.Local(transcript.Ended)}");
        yield return new(Body, $"{Word("脚本", "script", chinese)}: {script.Id}, SM3 {transcript.ScriptDigest}");
        yield return new(Heading, Word("到场人员", "People", chinese));
        foreach (CeremonyPerson person in transcript.People)
        {
            yield return new(Body, $"{person.Name}  {(chinese ? TranscriptMarkdown.RoleZh(person.Role) + " " : "")}{person.Role}");
            yield return new(Small, $"    SM3 {person.CertificateDigest}");
        }

        yield return new(Heading, Word("步骤", "Steps", chinese));
        foreach (CeremonyAct act in transcript.Acts)
        {
            yield return new(Body, $"{act.Number}.  {TranscriptMarkdown.Local(act.Time)}  {(chinese ? act.What : act.WhatEn)}");
            if (chinese)
            {
                yield return new(Small, "    " + act.WhatEn);
            }

            if (act.Who.Count > 0)
            {
                yield return new(Small, $"    {Word("参与", "by", chinese)}: {string.Join(", ", act.Who)}");
            }

            if (act.Digest is not null)
            {
                yield return new(Small, $"    SM3 {act.Digest}");
            }
        }

        yield return new(Heading, Word("密钥状态", "Keys", chinese));
        foreach (CeremonyKey key in transcript.Keys)
        {
            yield return new(Body, $"{key.Device} / {key.Label}: {(chinese ? TranscriptMarkdown.StateZh(key.State) + " " : "")}{key.State}");
            yield return new(Small, $"    SM3 {key.KeyDigest}");
        }

        yield return new(Heading, Word("产出文件", "Files", chinese));
        foreach (CeremonyFile file in transcript.Files)
        {
            yield return new(Body, $"{file.Name}  ({file.Size})");
            yield return new(Small, $"    SM3 {file.Digest}");
        }

        yield return new(Heading, Word("签名", "Signatures", chinese));
        yield return new(Body, Word(
            $"全体到场人员对 {CeremonyTranscript.FileName} 的数字签名在 {CeremonyTranscript.SignedFileName} 中（GM/T 0010），其中含本文件的 SM3 摘要。",
            $"Everybody's signatures over {CeremonyTranscript.FileName}, which holds the SM3 of this file, are in {CeremonyTranscript.SignedFileName} (GM/T 0010).", chinese));
    }

    private static string Word(string zh, string en, bool chinese) => chinese ? zh + " " + en : en;
}
