namespace HttpCaching.Origins.Dialogue;

/// <summary>What plain clients got in a scene, by the request.</summary>
internal sealed class PastAnswers
{
    private readonly Dictionary<string, List<(Ask Ask, Answer Answer)>> _answers = [];

    public void Add(Ask ask, Answer answer)
    {
        lock (_answers)
        {
            var form = ask.WithoutCoding().ToString();
            if (!_answers.TryGetValue(form, out var answers))
            {
                _answers.Add(form, answers = []);
            }

            answers.Add((ask, answer));
        }
    }

    /// <summary>The origin has confirmed what was answered, so that its time begins again.</summary>
    public void Confirm(Ask ask, Answer confirmed)
    {
        lock (_answers)
        {
            if (_answers.TryGetValue(ask.WithoutCoding().ToString(), out var answers))
            {
                answers.AddRange(
                    answers.Where(past => past.Answer["ETag"] == confirmed["ETag"] && past.Answer["Content-Encoding"] == confirmed["Content-Encoding"])
                        .Select(past => (past.Ask, past.Answer with { Time = confirmed.Time })).ToList());
            }
        }
    }

    /// <summary>The answers to a request, and those in a coding that it accepts to the same request with another Accept-Encoding.</summary>
    public IReadOnlyList<(Answer Answer, bool OfOtherCoding)> Of(Ask ask)
    {
        lock (_answers)
        {
            return
            [
                .. from past in _answers.GetValueOrDefault(ask.WithoutCoding().ToString(), [])
                   let other = past.Ask["Accept-Encoding"] != ask["Accept-Encoding"]
                   where !other || ask.Accepts(past.Answer["Content-Encoding"])
                   select (past.Answer, other),
            ];
        }
    }
}
