namespace Hufu.Ra.Notices;

/// <summary>What a notice is to say: the template's name and what fills its places.</summary>
/// <param name="Template">One of <see cref="NoticeTemplates.Places"/>.</param>
/// <param name="Values">A value for each of its places.</param>
internal sealed record NoticeWords(string Template, IReadOnlyDictionary<string, string> Values);

/// <summary>A notice as it goes out.</summary>
/// <param name="Template">By which template.</param>
/// <param name="Subject">Its subject; never a code in it.</param>
/// <param name="Body">Its text.</param>
/// <param name="Letter">Whether it is also kept as a letter to be printed.</param>
internal sealed record NoticePaper(string Template, string Subject, string Body, bool Letter);
